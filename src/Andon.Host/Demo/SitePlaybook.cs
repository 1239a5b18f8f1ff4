using System.Text.RegularExpressions;

namespace Andon.Host.Demo;

/// <summary>
/// A playbook of the demo's own site, with a machine step: block the address at the office's firewall, then ask the firewall whether
/// it did. Written into the data folder, where any site keeps its own playbooks.
/// </summary>
static partial class SitePlaybook
{
    public static void Write(string folder, Uri firewall, string contentFolder)
    {
        Directory.CreateDirectory(folder);
        var rule = RuleId().Match(File.ReadAllText(Path.Combine(contentFolder, "rules", "correlations", "ssh_brute_force.yml"))).Groups["id"].Value;
        File.WriteAllText(Path.Combine(folder, "block-address.yml"), $$"""
            type: playbook
            spec_version: cacao-2.0
            id: playbook--5d0f3c86-2f0e-4a43-9d57-9a0a7d6b1c11
            name: Block an address at the office firewall
            description: Asks first, blocks second, and lets the firewall itself confirm.
            playbook_types: [mitigation]
            playbook_activities: [restrict-access]
            created_by: identity--2b0d4a61-7c35-4e6f-9f0a-6d1c8b7a5e42
            created: 2026-11-22T08:00:00.000Z
            modified: 2026-11-22T08:00:00.000Z
            priority: 20
            impact: 20
            labels: [ssh, firewall]
            andon:
              domain: network
              rules: [{{rule}}]
            playbook_variables:
              __source_ip__: { type: string, external: true, description: Address to block }
              __host__: { type: string, external: true, description: Host it attacks }
              __foreign__: { type: bool, description: The address is none of ours and no partner's }
            workflow_start: begin
            workflow:
              begin:
                type: start
                on_completion: check
              check:
                type: action
                name: Is the address foreign?
                agent: analyst
                commands:
                  - type: manual
                    command: __source_ip__:value guesses passwords on __host__:value. Is it none of ours and no partner's?
                out_args: [__foreign__]
                on_completion: foreign
              foreign:
                type: if-condition
                name: May it be blocked?
                condition: __foreign__:value = true
                on_true: block
                on_false: left
              left:
                type: end
              block:
                type: action
                name: Block it
                agent: connector
                targets: [firewall]
                timeout: 10000
                commands:
                  - type: http-api
                    command: PUT /blocks/__source_ip__:value HTTP/1.1
                on_success: confirm
                on_failure: by_hand
              confirm:
                type: action
                name: Ask the firewall whether it blocks
                agent: connector
                targets: [firewall]
                timeout: 10000
                commands:
                  - type: http-api
                    command: GET /blocks HTTP/1.1
                on_completion: done
              by_hand:
                type: action
                name: Have it blocked by hand
                agent: operations
                commands:
                  - type: manual
                    command: The firewall did not take the call. Ask Operations to block __source_ip__:value by hand.
                on_completion: blocked_by_hand
              blocked_by_hand:
                type: end
              done:
                type: end
            agent_definitions:
              analyst: { type: individual, name: Analyst }
              operations: { type: group, name: Operations }
              connector: { type: http-api, name: Office firewall, address: { url: ['{{firewall.GetLeftPart(UriPartial.Authority)}}'] } }
            target_definitions:
              firewall: { type: http-api, name: Office firewall, address: { url: ['{{firewall.GetLeftPart(UriPartial.Authority)}}'] } }
            """);
    }

    [GeneratedRegex(@"^id: (?<id>\S+)", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex RuleId();
}
