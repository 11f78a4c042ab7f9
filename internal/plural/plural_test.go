package plural

import "testing"

func TestCount(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{Count(0, "article"), "0 articles"},
		{Count(1, "article"), "1 article"},
		{Count(2, "article"), "2 articles"},
		{Count(1, "entry"), "1 entry"},
		{Count(5, "entry"), "5 entries"},
		{Count(2, "key"), "2 keys"},
		{Count(2, "index"), "2 indexes"},
		{Count(2, "batch"), "2 batches"},
		{Count(1, "piece of boilerplate", "pieces of boilerplate"), "1 piece of boilerplate"},
		{Count(3, "piece of boilerplate", "pieces of boilerplate"), "3 pieces of boilerplate"},
		{Count(3, "furniture", "furniture"), "3 furniture"},
		{Was(1) + Was(2), "waswere"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
