using Andon.Model;
using Andon.Respond.Playbooks;

namespace Andon.Tests.Respond;

/// <summary>Playbooks for tests, as small as the case needs.</summary>
static class Books
{
    public const string Rule = "11111111-2222-4333-8444-555555555555";

    public static string Yaml(string steps, string variables = "", string more = "", string first = "one") => $$"""
        type: playbook
        spec_version: cacao-2.0
        id: playbook--0b6b7b5e-31c1-4b6c-8f2a-0f5a0a3f8a11
        name: A test
        created_by: identity--2b0d4a61-7c35-4e6f-9f0a-6d1c8b7a5e42
        created: 2026-03-02T08:00:00.000Z
        modified: 2026-03-02T08:00:00.000Z
        {{more}}
        andon: { rules: [{{Rule}}] }
        playbook_variables:
          __host__: { type: string, external: true }
          __user__: { type: string, external: true }
          __source_ip__: { type: ipv4-addr, external: true }
          __case_id__: { type: string, external: true }
          __rule_id__: { type: string, external: true }
        {{Indent(variables, 2)}}
        workflow_start: begin
        workflow:
          begin: { type: start, on_completion: {{first}} }
          finish: { type: end }
        {{Indent(steps, 2)}}
        agent_definitions:
          person: { type: individual, name: Analyst }
          machine: { type: http-api, name: Machine, address: { url: ['http://target.test'] } }
        """;

    public static string Manual(string name, string next, string text = "Look.", string more = "") =>
        $"{name}: {{ type: action, name: {name}, agent: person, commands: [ {{ type: manual, command: \"{text}\" }} ], {next} {more} }}";

    public static string Http(string name, string line, string next, string more = "", string command = "") =>
        $"{name}: {{ type: action, name: {name}, agent: machine, commands: [ {{ type: http-api, command: \"{line}\"{command} }} ], {next} {more} }}";

    public static Playbook Good(string yaml)
    {
        var load = PlaybookReader.Read("test.yml", yaml);
        Assert.DoesNotContain(load.Findings, f => f.Level == FindingLevel.Error);
        Assert.NotNull(load.Playbook);
        return load.Playbook;
    }

    public static IReadOnlyList<string> Codes(string text) => [.. PlaybookReader.Read("test.yml", text).Findings.Select(f => f.Code).Distinct().Order()];

    static string Indent(string text, int by) =>
        string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((l, i) => i == 0 ? new string(' ', by) + l.Trim() : new string(' ', by) + l.TrimStart()));
}
