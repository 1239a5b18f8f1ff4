using System.Globalization;
using System.Text.RegularExpressions;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;

namespace Andon.Detect.Sigma.Pipelines;

/// <summary>What a step may do to a rule.</summary>
static class Transformations
{
    static readonly Dictionary<string, Func<StepKeys, Change?>> Known = new()
    {
        ["field_name_mapping"] = FieldSteps.Mapping,
        ["field_name_prefix_mapping"] = FieldSteps.PrefixMapping,
        ["field_name_prefix"] = keys => FieldSteps.Around(keys.Needed("prefix"), ""),
        ["field_name_suffix"] = keys => FieldSteps.Around("", keys.Needed("suffix")),
        ["drop_detection_item"] = _ => (rule, step) => rule.Each(step, _ => null),
        ["add_condition"] = AddCondition,
        ["change_logsource"] = ChangeLogSource,
        ["replace_string"] = ReplaceString,
        ["map_string"] = MapString,
        ["value_placeholders"] = keys => Placeholders(keys, (rule, part) => rule.Pipeline.Lists.GetValueOrDefault(part.Text)),
        ["wildcard_placeholders"] = keys => Placeholders(keys, (_, part) => Anything(part.Text)),
        ["set_state"] = SetState,
        ["rule_failure"] = RuleFailure,
        ["detection_item_failure"] = ItemFailure,
    };

    public static IEnumerable<string> Names => Known.Keys;
    public static bool Knows(string type) => type is "nest" or "nested" || Known.ContainsKey(type);
    public static Change? Read(string type, StepKeys keys) => Known.TryGetValue(type, out var read) ? read(keys) : null;

    static Change AddCondition(StepKeys keys)
    {
        if (keys.Truth("template")) keys.Wrong(keys.At, "'template' of add_condition is not supported.", 0);
        var negated = keys.Truth("negated");
        var name = keys.Text("name") ?? $"_pipeline_{keys.At.Line}";
        var items = new List<Search>();
        if (keys.Node("conditions") is not YamlMap { Entries.Count: > 0 } conditions) keys.Wrong(keys.At, "'conditions' of add_condition is a map of fields and values.", 0);
        else
            foreach (var (key, value) in conditions.Entries)
                if (ItemReader.Read(key.Text, key.At, value, keys.Sink, PlaceholderLists.None) is { } item) items.Add(item);
        if (name.Length == 0 || name.Any(c => !char.IsLetterOrDigit(c) && c is not ('_' or '-'))) keys.Wrong(keys.At, $"'{name}' cannot be the name of an identifier.", 0);
        return (rule, _) =>
        {
            if (rule.Detection is not { } detection) return;
            var mine = name;
            for (var n = 2; detection.Searches.Any(s => s.Name == mine); n++) mine = $"{name}_{n}";
            Condition added = new NameCondition(mine);
            if (negated) added = new NotCondition(added);
            rule.Replace(new([.. detection.Searches, new(mine, new AllOf(items), rule.Document.Header.At)], [.. detection.Conditions.Select(c => new AndCondition([added, Fixed(c, detection, mine)]))]));
        };
    }

    // "1 of them" must not take the identifier that is added.
    static Condition Fixed(Condition condition, Detection detection, string added) => condition switch
    {
        AndCondition and => new AndCondition([.. and.Parts.Select(p => Fixed(p, detection, added))]),
        OrCondition or => new OrCondition([.. or.Parts.Select(p => Fixed(p, detection, added))]),
        NotCondition not => new NotCondition(Fixed(not.Inner, detection, added)),
        OfCondition of when of.Takes(added) => Taken(of, [.. detection.Searches.Where(s => of.Takes(s.Name)).Select(s => new NameCondition(s.Name))]),
        _ => condition,
    };

    static Condition Taken(OfCondition of, IReadOnlyList<Condition> names) => names.Count == 1 ? names[0] : of.All ? new AndCondition(names) : new OrCondition(names);

    static Change ChangeLogSource(StepKeys keys)
    {
        var (product, category, service) = (keys.Text("product")?.ToLowerInvariant(), keys.Text("category")?.ToLowerInvariant(), keys.Text("service")?.ToLowerInvariant());
        if ((product ?? category ?? service) is null) keys.Wrong(keys.At, "change_logsource names product, category or service.", 0);
        return (rule, _) => rule.Document = rule.Document switch
        {
            RuleDocument r => r with { Source = new(product, category, service, r.Source.Definition) },
            FilterDocument f => f with { Source = new(product, category, service, f.Source.Definition) },
            var other => other,
        };
    }

    static Change ReplaceString(StepKeys keys)
    {
        var (regex, written, skip) = (keys.Expression(keys.Needed("regex"), fromStart: false), keys.Needed("replacement"), keys.Truth("skip_special"));
        var literal = keys.Truth("interpret_special");
        if (literal && !skip) keys.Wrong(keys.At, "'interpret_special' goes with 'skip_special'.", 0);
        var replacement = Dotnet(written, Groups(keys.Text("regex") ?? ""));
        return (rule, step) => rule.Each(step, item => OverValues(item, $"{step.Type} {regex} {written} {skip} {literal}", test => test is PatternTest { Pattern: var pattern } ? [((PatternTest)test) with { Pattern = Replaced(pattern) }] : [test]));

        Pattern Replaced(Pattern pattern)
        {
            if (regex is null) return pattern;
            // A sign that begins a flag has no text of its own, so such a value is looked at piece by piece.
            if (!skip && pattern.Pieces.All(p => p.Kind != PieceKind.Dash)) return Pattern.Parse(regex.Replace(pattern.ToString(), replacement));
            return Pattern.Joined(pattern.Pieces.Select(p => p.Kind != PieceKind.Literal ? new Pattern([p]) : literal ? Pattern.Parse(regex.Replace(p.Text, replacement)) : Pattern.Literal(regex.Replace(p.Text, replacement))));
        }
    }

    // Python writes groups as \1 or \g<name>.
    static string Dotnet(string python, IReadOnlyList<string> groups) =>
        Regex.Replace(python.Replace("$", "$$", StringComparison.Ordinal), @"\\(?:(?<number>\d+)|g<(?<name>\w+)>|(?<other>.))", m =>
            m.Groups["number"] is { Success: true, Value: var number } ? $"${{{(int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n < groups.Count ? groups[n] : number)}}}"
            : m.Groups["name"] is { Success: true, Value: var name } ? $"${{{name}}}" : m.Groups["other"].Value == "\\" ? "\\" : m.Value, RegexOptions.NonBacktracking);

    // Python counts all groups from left to right, .NET those without a name first.
    static List<string> Groups(string regex)
    {
        List<string> groups = ["0"];
        var (unnamed, inClass) = (0, false);
        for (var i = 0; i < regex.Length; i++)
        {
            if (regex[i] == '\\') i++;
            else if (inClass) inClass = regex[i] != ']';
            else if (regex[i] == '[') inClass = true;
            else if (regex[i] == '(' && regex.AsSpan(i).StartsWith("(?P<", StringComparison.Ordinal)) groups.Add(regex[(i + 4)..Math.Max(i + 4, regex.IndexOf('>', i))]);
            else if (regex[i] == '(' && !regex.AsSpan(i).StartsWith("(?", StringComparison.Ordinal)) groups.Add((++unnamed).ToString(CultureInfo.InvariantCulture));
        }
        return groups;
    }

    static Change MapString(StepKeys keys)
    {
        var mapping = keys.Mapping("mapping");
        return (rule, step) => rule.Each(step, item => OverValues(item, step.Type + keys.At, test => test is PatternTest pattern && mapping.TryGetValue(pattern.Pattern.ToString(), out var to) ? to.Select(t => pattern with { Pattern = Pattern.Parse(t) }) : [test]));
    }

    /// <summary>Changes each value's tests; those that a list makes later too.</summary>
    static Item OverValues(Item item, string how, Func<ValueTest, IEnumerable<ValueTest>> change)
    {
        var changed = false;
        List<IReadOnlyList<ValueTest>> values = [.. item.Values.Select(alternatives => (IReadOnlyList<ValueTest>)[.. alternatives.SelectMany(test =>
        {
            List<ValueTest> after = test is ListTest list
                ? [list with { Chain = $"{list.Chain} {how}", Make = (text, pattern) => list.Make(text, pattern) is { } made ? [.. made.SelectMany(change)] : null }]
                : [.. change(test)];
            changed |= after.Count != 1 || !after[0].Equals(test);
            return after;
        })])];
        return changed ? item with { Values = values } : item;
    }

    static Change Placeholders(StepKeys keys, Func<Rewriting, PlaceholderPart, LiveList?> list)
    {
        var (include, exclude) = (keys.Texts("include"), keys.Texts("exclude"));
        if (include.Count > 0 && exclude.Count > 0) keys.Wrong(keys.At, "'include' and 'exclude' exclude each other.", 0);
        return (rule, step) => rule.Each(step, item => !item.Values.Any(v => v.Any(t => t is ListTest)) ? item : item with
        {
            Values = [.. item.Values.Select(alternatives => (IReadOnlyList<ValueTest>)[.. alternatives.Select(test => test is not ListTest value ? test : Filled(rule, value))])],
        });

        ValueTest Filled(Rewriting rule, ListTest test)
        {
            var filled = false;
            var parts = test.Parts.Select(part =>
            {
                if (!part.IsPlaceholder || (include.Count > 0 && !include.Contains(part.Text)) || exclude.Contains(part.Text) || list(rule, part) is not { } given) return part;
                filled = true;
                return part with { List = given };
            }).ToList();
            // The pipeline's own values are other ones than those of a list of that name elsewhere.
            return filled ? test with { Parts = parts, Chain = $"{test.Chain} {rule.Pipeline.Digest} {keys.At}" } : test;
        }
    }

    static LiveList Anything(string name) => new(name) { Now = ListState.Empty with { FromFiles = [new("*", Literal: false)] } };

    static Change SetState(StepKeys keys)
    {
        var (key, value) = (keys.Needed("key"), keys.Needed("val"));
        return (rule, _) => rule.State[key] = value;
    }

    static Change RuleFailure(StepKeys keys)
    {
        var message = keys.Needed("message");
        return (rule, _) => rule.Refuse("SIG147", $"The pipeline '{rule.Pipeline.Name}' refuses the rule: {message}", "Change the rule, or the pipeline.");
    }

    static Change ItemFailure(StepKeys keys)
    {
        var message = keys.Needed("message");
        return (rule, step) =>
        {
            foreach (var item in rule.Items)
                if (step.Takes(rule, item)) rule.Refuse("SIG147", $"The pipeline '{rule.Pipeline.Name}' refuses '{item.Key}': {message}", "Change the rule, or the pipeline.");
        };
    }
}

/// <summary>Steps that give fields other names.</summary>
static class FieldSteps
{
    public static Change Mapping(StepKeys keys)
    {
        var mapping = keys.Mapping("mapping");
        return Renaming(name => mapping.GetValueOrDefault(name));
    }

    public static Change PrefixMapping(StepKeys keys)
    {
        var mapping = keys.Mapping("mapping");
        return Renaming(name => mapping.Keys.Where(p => name.StartsWith(p, StringComparison.Ordinal)).MaxBy(p => p.Length) is { } prefix ? [.. mapping[prefix].Select(to => to + name[prefix.Length..])] : null);
    }

    public static Change Around(string prefix, string suffix) => Renaming(name => [prefix + name + suffix]);

    static Change Renaming(Func<string, IReadOnlyList<string>?> names) => (rule, step) =>
    {
        // What stands outside the detection goes first: the step's conditions on fields see the names as they were.
        rule.Document = rule.Document switch
        {
            CorrelationDocument c => c with
            {
                GroupBy = Over(c.GroupBy), ValueFields = Over(c.ValueFields), Header = c.Header with { Fields = Over(c.Header.Fields) },
                Aliases = c.Aliases.ToDictionary(a => a.Key, a => (IReadOnlyDictionary<string, string>)a.Value.ToDictionary(r => r.Key, r => One(r.Value))),
            },
            var other => Over(other.Header.Fields) is var fields && fields.SequenceEqual(other.Header.Fields) ? other : other with { Header = other.Header with { Fields = fields } },
        };
        rule.Each(step, item =>
        {
            var refs = item.Values.Any(v => v.Any(t => t is FieldRefTest))
                ? item with { Values = [.. item.Values.Select(v => (IReadOnlyList<ValueTest>)[.. v.SelectMany(t => t is FieldRefTest other && To(other.Field) is { } others ? others.Select(o => (ValueTest)(other with { Field = o })) : [t])])] }
                : item;
            if (item.Field is not { } field || To(field) is not { } to) return refs;
            List<Search> renamed = [.. to.Select(name => refs with { Field = name })];
            foreach (var name in to) rule.FieldApplied(name, field, step.Id);
            if (renamed.Count == 1) return renamed[0];
            // "Not equal" asks it of every name, everything else of any.
            return item.Negated ? new AllOf(renamed) : new AnyOf(renamed);
        });

        IReadOnlyList<string>? To(string field) => step.OnField.Holds(rule, field) ? names(field) : null;
        IReadOnlyList<string> Over(IReadOnlyList<string> fields) => [.. fields.SelectMany(f => To(f) ?? [f])];

        string One(string field)
        {
            if (To(field) is not { } to) return field;
            if (to.Count > 1) rule.Refuse("SIG149", $"The pipeline '{rule.Pipeline.Name}' gives '{field}' several names; a correlation groups by one.", "Map it to one name for correlations.");
            return to[0];
        }
    };
}
