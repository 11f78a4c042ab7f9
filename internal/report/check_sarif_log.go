package report

// The part of SARIF 2.1.0 that a verdict needs (OASIS, "Static Analysis Results Interchange
// Format", 2020, errata 1). Properties stand in the order that they are written in.

// sarifLanguage is the language of messages that the standard takes for granted.
const sarifLanguage = "en-US"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Bases       map[string]sarifArtifact `json:"originalUriBaseIds"`
	ColumnKind  string                   `json:"columnKind"`
	Invocations []sarifInvocation        `json:"invocations"`
	Language    string                   `json:"language"`
	Newlines    []string                 `json:"newlineSequences"`
	Properties  map[string]any           `json:"properties"`
	Results     []*sarifResult           `json:"results"` // a run without the property looked for nothing
	Tool        sarifTool                `json:"tool"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Contents      []string    `json:"contents"`
	Comprehensive bool        `json:"isComprehensive"`
	Language      string      `json:"language"`
	Name          string      `json:"name"`
	Rules         []sarifRule `json:"rules,omitempty"`
	Version       string      `json:"version"`
}

type sarifRule struct {
	Default sarifDefault `json:"defaultConfiguration"`
	Full    sarifMessage `json:"fullDescription"`
	Help    sarifMessage `json:"help"`
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Short   sarifMessage `json:"shortDescription"`
}

type sarifDefault struct {
	Enabled bool   `json:"enabled"`
	Level   string `json:"level"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string       `json:"level"`
	Message sarifMessage `json:"message"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	Fingerprints  map[string]string `json:"partialFingerprints"`
	BaselineState string            `json:"baselineState,omitempty"`
	Kind          string            `json:"kind"`
	Level         string            `json:"level"`
	Locations     []*sarifLocation  `json:"locations"`
	Message       sarifMessage      `json:"message"`
	Properties    map[string]any    `json:"properties"`
	Related       []*sarifLocation  `json:"relatedLocations,omitempty"`
	RuleID        string            `json:"ruleId"`
	RuleIndex     int               `json:"ruleIndex"`
}

type sarifLocation struct {
	ID       int            `json:"id,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations"`
	Message  *sarifMessage  `json:"message,omitempty"`
	Physical *sarifFile     `json:"physicalLocation,omitempty"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifFile struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	Description *sarifMessage `json:"description,omitempty"`
	URI         string        `json:"uri,omitempty"`
	Base        string        `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	EndColumn   int           `json:"endColumn,omitempty"`
	EndLine     int           `json:"endLine,omitempty"`
	Snippet     *sarifMessage `json:"snippet,omitempty"`
	StartColumn int           `json:"startColumn,omitempty"`
	StartLine   int           `json:"startLine,omitempty"`
}
