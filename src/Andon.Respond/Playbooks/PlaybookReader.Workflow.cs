using System.Text.Json.Nodes;
using Andon.Model;
using Andon.Respond.Conditions;
using Andon.Respond.Variables;

namespace Andon.Respond.Playbooks;

// The graph: which steps there are, where each leads, that every way comes to an end.
sealed partial class PlaybookReader
{
    static readonly string[] Common =
    [
        "type", "name", "description", "external_references", "delay", "timeout", "step_variables", "owner", "on_completion", "on_success",
        "on_failure", "step_extensions",
    ];

    static readonly Dictionary<string, string[]> Own = new()
    {
        ["start"] = [], ["end"] = [],
        ["action"] = ["commands", "agent", "targets", "in_args", "out_args"],
        ["if-condition"] = ["condition", "on_true", "on_false"],
    };

    static readonly string[] NotCarriedOut = ["parallel", "while-condition", "switch-condition", "playbook-action"];

    IReadOnlyDictionary<string, Step> Workflow(JsonObject root, IReadOnlyDictionary<string, Variable> variables)
    {
        var steps = new Dictionary<string, Step>();
        if (root["workflow"] is not JsonObject workflow)
        {
            if (root["workflow"] is { } wrong) Error("CAX005", wrong, "/workflow", "workflow is not a mapping of steps.", "Name each step.");
            return steps;
        }
        if (workflow.Count > Limits.StepsMax) Error("CAX005", workflow, "/workflow", $"More than {Limits.StepsMax} steps.", "Split the playbook.");
        Definitions(root, "agent_definitions");
        Definitions(root, "target_definitions");
        foreach (var (id, node) in workflow)
        {
            if (node is JsonObject step) ReadStep(steps, id, step, variables);
            else Error("CAX009", node, $"/workflow/{id}", "A step is a mapping.", "Give it a type.");
        }

        var kinds = workflow.Select(s => AsText((s.Value as JsonObject)?["type"])).ToList();
        if (!kinds.Contains("start") || !kinds.Contains("end") || !(kinds.Contains("action") || kinds.Contains("playbook-action")))
            Error("CAX005", workflow, "/workflow", "A workflow has at least a start, one action and an end.", "Add what is missing.");
        if (AsText(root["workflow_start"]) is { } start && (workflow[start] as JsonObject)?["type"] is var startType && AsText(startType) != "start")
            Error("CAX005", root["workflow_start"], "/workflow_start", $"workflow_start does not name a start step ('{start}').", "Name one of the workflow.");
        if (AsText(root["workflow_exception"]) is { } exception && !workflow.ContainsKey(exception))
            Error("CAX005", root["workflow_exception"], "/workflow_exception", $"workflow_exception names no step ('{exception}').", "Name one of the workflow.");
        Graph(workflow, steps);
        return steps;
    }

    void ReadStep(Dictionary<string, Step> steps, string id, JsonObject step, IReadOnlyDictionary<string, Variable> variables)
    {
        var at = $"/workflow/{id}";
        var type = Text(step, at, "type");
        if (type is null) { Error("CAX009", step, at, "The step has no type.", "start, action, if-condition or end."); return; }
        Id(id, type, step, at);
        if (!Own.TryGetValue(type, out var own))
        {
            if (NotCarriedOut.Contains(type)) Error("CAX116", step, at, $"Steps of type '{type}' are not carried out by this version.", "It would be refused at run time too; use if-condition and action.");
            else Error("CAX020", step, at, $"'{type}' is no step type.", "start, action, if-condition or end.");
            return;
        }
        Unknown(step, at, [.. Common, .. own]);
        var (completion, success, failure) = (Text(step, at, "on_completion"), Text(step, at, "on_success"), Text(step, at, "on_failure"));
        if (completion is not null && (success ?? failure) is not null)
            Error("CAX009", step["on_completion"], $"{at}/on_completion", "on_completion excludes on_success and on_failure.", "Keep one or the other.");
        if (type == "start" && (success ?? failure) is not null) Error("CAX009", step, at, "A start step has neither on_success nor on_failure.", "Write on_completion.");
        if (type == "end" && (completion ?? success ?? failure) is not null) Error("CAX009", step, at, "An end step leads nowhere.", "Remove its on_… properties.");
        if (type is "start" or "action" && completion is null && success is null) Error("CAX010", step, at, "The step says nowhere to go when it succeeds.", "Add on_completion, or on_success.");

        var (delay, timeout) = (Whole(step, at, "delay"), Whole(step, at, "timeout"));
        if (delay is < 0 or > Limits.DelayMsMax) Error("CAX011", step["delay"], $"{at}/delay", $"delay is not in 0 to {Limits.DelayMsMax} ms.", "Shorten it.");
        if (timeout is <= 0 or > Limits.DelayMsMax) Error("CAX011", step["timeout"], $"{at}/timeout", $"timeout is not in 1 to {Limits.DelayMsMax} ms.", "Shorten it.");
        var own2 = ReadVariables(step, at, "step_variables", playbookScope: false);
        var visible = new Dictionary<string, Variable>(variables);
        foreach (var (name, variable) in own2) visible[name] = variable;

        var kind = type switch { "start" => StepKind.Start, "end" => StepKind.End, "action" => StepKind.Action, _ => StepKind.If };
        var read = new Step(id, kind, Text(step, at, "name") ?? type, Text(step, at, "description") ?? "",
            delay ?? 0, timeout, completion, success, failure, own2);
        read = kind switch
        {
            StepKind.Action => Action(read, step, at, visible),
            StepKind.If => If(read, step, at, visible),
            _ => read,
        };
        if (kind != StepKind.Action && Extensions(step, at, "step_extensions") is { Count: > 0 } ours)
            Error("CAX026", ours, $"{at}/step_extensions", $"Andon's extension has nothing for a step of type '{type}'.", "effect and extract belong to an action.");
        steps[id] = read;
    }

    Step If(Step read, JsonObject step, string at, Dictionary<string, Variable> visible)
    {
        var (text, yes) = (Text(step, at, "condition"), Text(step, at, "on_true"));
        if (yes is null) Error("CAX016", step, at, "An if step needs on_true.", "Name the first step of the branch.");
        if (text is null)
        {
            Error("CAX017", step, at, "An if step needs a condition.", "For example __hits__:value > 3.");
            return read;
        }
        var (condition, wrong) = ConditionParser.Parse(text);
        if (condition is null) Error("CAX017", step["condition"], $"{at}/condition", $"The condition cannot be read: {wrong}", "Compare variables with values: __user__:value = 'anna' AND __hits__:value > 3.");
        else
            foreach (var name in condition.Names().Distinct())
                if (!visible.ContainsKey(name)) Error("CAX018", step["condition"], $"{at}/condition", $"The variable '{name}' is not defined.", "Add it to playbook_variables.");
        return read with { Condition = condition, OnTrue = yes, OnFalse = Text(step, at, "on_false") };
    }

    void Definitions(JsonObject root, string property)
    {
        if (root[property] is not { } node) return;
        if (node is not JsonObject members)
        {
            Error("CAX021", node, $"/{property}", $"{property} is not a mapping.", "Name each.");
            return;
        }
        foreach (var (id, member) in members)
        {
            if (member is not JsonObject one || AsText(one["type"]) is not { } type)
            {
                Error("CAX021", member, $"/{property}/{id}", "An agent or target is a mapping with a type.", "For example type: individual.");
                continue;
            }
            var prefix = id.Split("--")[0];
            Id(id, prefix, one, $"/{property}/{id}");
            if (prefix != type) Error("CAX004", one, $"/{property}/{id}", $"The id '{id}' does not begin with its type '{type}'.", "Rename it.", FindingLevel.Warning);
            if (AsText(one["name"]) is null) Error("CAX021", one, $"/{property}/{id}", "It has no name.", "Name it.");
            Extensions(one, $"/{property}/{id}", "agent_target_extensions");
        }
    }

    void Graph(JsonObject workflow, Dictionary<string, Step> steps)
    {
        foreach (var step in steps.Values)
            foreach (var (property, target) in Pointers(step))
                if (!workflow.ContainsKey(target))
                    Error("CAX010", (workflow[step.Id] as JsonObject)?[property], $"/workflow/{step.Id}/{property}", $"{property} names no step ('{target}').", "Name one of the workflow.");

        var state = new Dictionary<string, int>();
        foreach (var id in steps.Keys) Turn(workflow, steps, state, id);
        foreach (var step in steps.Values.Where(s => s.Kind == StepKind.If))
        {
            // Steps after the if come once the branch has ended in an end of its own; a branch that runs into them would run them twice.
            var after = Reach(steps, [step.AfterSuccess, step.AfterFailure]);
            if (Reach(steps, [step.OnTrue, step.OnFalse]).Overlaps(after))
                Error("CAX009", workflow[step.Id], $"/workflow/{step.Id}", "A branch of this if step runs into the steps that follow it.", "End each branch in an end step of its own.");
        }
    }

    static IEnumerable<(string Property, string Target)> Pointers(Step step)
    {
        (string, string?)[] all =
            [("on_completion", step.OnCompletion), ("on_success", step.OnSuccess), ("on_failure", step.OnFailure), ("on_true", step.OnTrue), ("on_false", step.OnFalse)];
        foreach (var (property, target) in all)
            if (target is not null) yield return (property, target);
    }

    void Turn(JsonObject workflow, Dictionary<string, Step> steps, Dictionary<string, int> state, string id)
    {
        if (!steps.TryGetValue(id, out var step) || state.GetValueOrDefault(id) == 2) return;
        if (state.GetValueOrDefault(id) == 1)
        {
            Error("CAX009", workflow[id], $"/workflow/{id}", "The steps go in a circle.", "Loops are while steps; this version has none.");
            return;
        }
        state[id] = 1;
        foreach (var (_, target) in Pointers(step)) Turn(workflow, steps, state, target);
        state[id] = 2;
    }

    static HashSet<string> Reach(Dictionary<string, Step> steps, IEnumerable<string?> from)
    {
        var seen = new HashSet<string>();
        var todo = new Stack<string>(from.OfType<string>());
        while (todo.TryPop(out var id))
        {
            if (!seen.Add(id) || !steps.TryGetValue(id, out var step)) continue;
            foreach (var (_, target) in Pointers(step)) todo.Push(target);
        }
        return seen;
    }
}
