using System.IO.Compression;
using System.Text.Json.Nodes;
using Andon.Model;
using Andon.Respond.Playbooks;

namespace Andon.Tests.Respond;

public sealed class PlaybookTests
{
    static readonly string Plain = Books.Yaml(Books.Manual("one", "on_completion: finish"));

    [Fact]
    public void A_small_playbook_is_good()
    {
        var playbook = Books.Good(Plain);
        Assert.Equal([Books.Rule], playbook.RuleIds);
        Assert.Equal(3, playbook.Steps.Count);
        Assert.Empty(Books.Codes(Plain));
    }

    // One mutation a line; each breaks the rule it names and no other.
    [Theory]
    [InlineData("type: playbook\n", "type: novel\n", "CAX001")]
    [InlineData("cacao-2.0", "cacao-1.1", "CAX001")]
    [InlineData("name: A test\n", "", "CAX001")]
    [InlineData("modified: 2026-03-02T08:00:00.000Z", "modified: 2026-03-01T08:00:00.000Z", "CAX002")]
    [InlineData("created: 2026-03-02T08:00:00.000Z", "created: 2026-03-02T08:00:00.000000Z", "CAX002")]
    [InlineData("andon:", "valid_from: 2026-05-02T08:00:00.000Z\nvalid_until: 2026-04-02T08:00:00.000Z\nandon:", "CAX003")]
    [InlineData("playbook--0b6b7b5e-31c1-4b6c-8f2a-0f5a0a3f8a11", "playbook--1", "CAX004")]
    [InlineData("workflow_start: begin", "workflow_start: one", "CAX005")]
    [InlineData("workflow_start: begin", "workflow_start: begin\nworkflow_exception: nowhere", "CAX005")]
    [InlineData("andon:", "playbook_types: [cooking]\nplaybook_activities: [x]\nandon:", "CAX006")]
    [InlineData("andon:", "playbook_types: [attack]\nandon:", "CAX006")]
    [InlineData("andon:", "impact: 101\nandon:", "CAX007")]
    [InlineData("andon:", "playbook_processing_summary: { if_logic: true, manual_playbook: true, extensions: true }\nandon:", "CAX008")]
    [InlineData("on_completion: finish", "on_completion: finish, on_failure: finish", "CAX009")]
    [InlineData("type: end", "type: end, on_completion: one", "CAX009")]
    [InlineData("on_completion: finish", "on_completion: one", "CAX009")]
    [InlineData("on_completion: finish", "on_completion: gone", "CAX010")]
    [InlineData("on_completion: finish", "on_failure: finish", "CAX010")]
    [InlineData("on_completion: finish", "on_completion: finish, timeout: -1", "CAX011")]
    [InlineData("on_completion: finish", "on_completion: finish, delay: 99999999999", "CAX011")]
    [InlineData("agent: person,", "", "CAX013")]
    [InlineData("type: manual, command: \"Look.\"", "type: manual", "CAX020")]
    [InlineData("Look.", "Look at __thing__:value.", "CAX018")]
    [InlineData("__host__: { type: string", "__ho st__: { type: string", "CAX018")]
    [InlineData("__host__: { type: string", "__host__: { type: ipv4-addr, value: web01", "CAX018")]
    [InlineData("on_completion: finish", "on_completion: finish, out_args: [__x__]", "CAX019")]
    [InlineData("type: manual", "type: ftp", "CAX120")]
    [InlineData("type: manual", "type: bash", "CAX120")]
    [InlineData("agent: person", "agent: robot", "CAX021")]
    [InlineData("agent_definitions:", "playbook_extensions: { extension-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421: {} }\nagent_definitions:", "CAX024")]
    [InlineData("andon: { rules: [", "andon: { rulez: [], rules: [", "CAX026")]
    [InlineData("andon:", "colour: red\nandon:", "CAX026")]
    [InlineData("on_completion: finish", "on_completion: finish, colour: red", "CAX026")]
    [InlineData("type: manual,", "type: manual, colour: red,", "CAX026")]
    [InlineData("andon:", "signatures: [ {} ]\nandon:", "CAX125")]
    [InlineData("name: A test\n", "name: A test\nname: Two\n", "CAX000")]
    [InlineData("name: A test\n", "name: &a A test\nlabels: [*a]\n", "CAX000")]
    public void A_broken_rule_is_named(string good, string bad, string code)
    {
        Assert.Contains(good, Plain);
        Assert.Contains(code, Books.Codes(Plain.Replace(good, bad)));
    }

    [Theory]
    [InlineData("parallel", "next_steps: [finish]", "CAX116")]
    [InlineData("while-condition", "condition: x, on_true: finish", "CAX116")]
    [InlineData("switch-condition", "switch: x, cases: {}", "CAX116")]
    [InlineData("playbook-action", "playbook_id: x", "CAX116")]
    [InlineData("dance", "x: y", "CAX020")]
    public void A_step_type_that_is_not_carried_out_is_refused_by_name(string type, string more, string code)
    {
        var load = PlaybookReader.Read("t.yml", Books.Yaml($"one: {{ type: {type}, {more}, on_completion: finish }}"));
        Assert.Null(load.Playbook);
        Assert.Contains(load.Findings, f => f.Code == code && f.Message.Contains(type));
    }

    [Fact]
    public void All_findings_come_at_once_with_their_lines()
    {
        var load = PlaybookReader.Read("t.yml", Plain.Replace("cacao-2.0", "1").Replace("agent: person", "agent: robot").Replace("on_completion: finish", "on_completion: gone"));
        Assert.Null(load.Playbook);
        Assert.Equal(["CAX001", "CAX010", "CAX021"], load.Findings.Select(f => f.Code).Order());
        Assert.Contains(load.Findings, f => f.Place.StartsWith("t.yml:2 ", StringComparison.Ordinal));
        Assert.All(load.Findings, f => Assert.NotEmpty(f.Hint));
    }

    [Fact]
    public void Branch_that_runs_into_what_follows_is_refused()
    {
        var steps = "one: { type: if-condition, condition: \"__user__:value = 'x'\", on_true: two, on_completion: finish }\n" + Books.Manual("two", "on_completion: finish");
        Assert.Contains("CAX009", Books.Codes(Books.Yaml(steps)));
    }

    [Theory]
    [InlineData("GET get HTTP1.1")]
    [InlineData("FETCH / HTTP/1.1")]
    [InlineData("GET http://other/ HTTP/1.1")]
    public void A_start_line_must_be_one(string line) =>
        Assert.Contains("CAX020", Books.Codes(Books.Yaml(Books.Http("one", line, "on_completion: finish"))));

    [Theory]
    [InlineData(", headers: { Host: [evil] }")]
    [InlineData(", headers: { 'A B': [x] }")]
    [InlineData(", headers: { Content-Type: [application/json] }, content: '{ \"n\": __user__:value }'")]
    [InlineData(", headers: { Content-Type: [application/json] }, content: '{ \"__user__:value\": 1 }'")]
    [InlineData(", headers: { Content-Type: [text/html] }, content: 'hello __user__:value'")]
    [InlineData(", content_b64: '!'")]
    public void A_command_that_cannot_be_encoded_is_refused(string command) =>
        Assert.Contains("CAX020", Books.Codes(Books.Yaml(Books.Http("one", "POST / HTTP/1.1", "on_completion: finish", command: command))));

    [Theory]
    [InlineData("GET", Effect.Pure)]
    [InlineData("HEAD", Effect.Pure)]
    [InlineData("PUT", Effect.Keyed)]
    [InlineData("POST", Effect.Once)]
    [InlineData("PATCH", Effect.Once)]
    [InlineData("DELETE", Effect.Once)]
    public void A_method_has_its_usual_effect_class(string method, object usual)
    {
        var playbook = Books.Good(Books.Yaml(Books.Http("one", $"{method} / HTTP/1.1", "on_completion: finish")));
        Assert.Equal(usual, playbook.Steps.Values.Single(s => s.Kind == StepKind.Action).Command?.Effect);
    }

    [Fact]
    public void Yaml_and_Json_are_one_playbook()
    {
        var playbook = Books.Good(Plain);
        var root = Assert.IsType<JsonObject>(JsonNode.Parse(playbook.Document));
        root["playbook_extensions"]!["extension-definition--418ee24c-9cb1-46d9-afa5-309e01aabc7f"] =
            JsonNode.Parse("""{ "x": 12, "deep": { "real": 1.5, "yes": true, "text": "on: \"off\" #\n", "none": null, "empty": {}, "list": [] , "nested": [[1], {"a": "b"}] } }""");
        root["extension_definitions"]!["extension-definition--418ee24c-9cb1-46d9-afa5-309e01aabc7f"] = new JsonObject { ["type"] = "extension-definition" };
        var canonical = PlaybookText.Canonical(root);
        var yaml = PlaybookText.Yaml(root);
        var back = PlaybookReader.Read("back.yml", yaml);
        Assert.Empty(back.Findings);
        Assert.Equal(canonical, back.Playbook?.Document);
        Assert.Equal(yaml, PlaybookText.Yaml(Assert.IsType<JsonObject>(PlaybookSource.Read("again.yml", yaml).Root)));
        Assert.Equal(canonical, PlaybookReader.Read("back.json", canonical).Playbook?.Document);
    }

    [Fact]
    public void Yaml_words_that_look_like_other_types_stay_text()
    {
        var playbook = Books.Good(Books.Yaml(Books.Manual("one", "on_completion: finish"), "__v__: { type: string, value: yes }\n__d__: { type: string, value: 2026-03-02 }"));
        Assert.Equal("yes", playbook.Variables["__v__"].Value);
        Assert.Equal("2026-03-02", playbook.Variables["__d__"].Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("- a")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("a: [")]
    [InlineData("\u0000")]
    [InlineData("{\"type\":[],\"workflow\":[],\"playbook_variables\":3,\"created\":{}}")]
    [InlineData("{\"type\":\"playbook\",\"workflow\":{\"a\":3,\"b--c\":{\"type\":7},\"action--1\":{\"type\":\"action\",\"commands\":[1],\"targets\":{},\"out_args\":[2]}}}")]
    public void What_is_no_playbook_gives_findings_and_never_throws(string text)
    {
        var load = PlaybookReader.Read("x", text);
        Assert.Null(load.Playbook);
        Assert.NotEmpty(load.Findings);
    }

    [Fact]
    public void Deep_nesting_is_a_finding()
    {
        Assert.Equal(["CAX000"], Books.Codes(string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200)));
        Assert.Equal(["CAX000"], Books.Codes("a: " + new string('[', 200) + new string(']', 200)));
    }

    [Fact]
    public void Every_playbook_of_the_content_folder_is_good()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "content/playbooks"), "*.yml"))
        {
            var load = PlaybookReader.Read(Path.GetFileName(file), File.ReadAllText(file));
            Assert.Empty(load.Findings);
            Assert.NotNull(load.Playbook);
            Assert.NotEmpty(load.Playbook.RuleIds);
        }
    }

    /// <summary>What a reading of ten public playbooks by hand expects: clean ones break no rule; none runs silently that we cannot carry out.</summary>
    [Theory]
    [InlineData("soarca/examples/manual-playbook.json", "")]
    [InlineData("soarca/examples/powershell-playbook.json", "CAX120 CAX122")]
    [InlineData("cacao/Examples/CACAO-2.0/basic-example-1.json", "CAX120")]
    [InlineData("cacao/Examples/CACAO-2.0/spec-3.1-example.json", "")]
    [InlineData("soarca/examples/http-playbook.json", "CAX002 CAX020")]
    [InlineData("soarca/examples/ssh-playbook.json", "CAX002 CAX120 CAX122")]
    [InlineData("soarca/examples/openc2-playbook.json", "CAX002 CAX120")]
    [InlineData("soarca/examples/fin-playbook.json", "CAX002 CAX004 CAX120")]
    [InlineData("cacao/Examples/CACAO-2.0/locky-bart-mbc-examples.json", "CAX004 CAX021 CAX120")]
    [InlineData("cacao/Extensions/layout/examples/playbook--aa1898b6-5251-49b4-aeb7-fd5e912583ff.json", "CAX013 CAX026 CAX116")]
    public void Public_playbooks_are_classified(string member, string expected)
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("playbooks/cacao-2.0.zip"));
        using var reader = new StreamReader(zip.GetEntry(member)!.Open());
        var load = PlaybookReader.Read(member, reader.ReadToEnd());
        var errors = load.Findings.Where(f => f.Level == FindingLevel.Error).Select(f => f.Code).Distinct().Order().ToList();
        Assert.True(string.Join(' ', errors) == expected, string.Join("\n", load.Findings));
        Assert.Equal(expected.Length == 0, load.Playbook is not null);
    }
}
