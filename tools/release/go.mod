module dedup/tools/release

go 1.27.1
