using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>Reads the map of search identifiers and the condition beside them.</summary>
static class DetectionReader
{
    public static Detection? Read(YamlMap map, Mark at, FindingSink sink, PlaceholderLists lists, params string[] otherKeys)
    {
        var errors = sink.Errors;
        var searches = new List<NamedSearch>();
        YamlNode? conditions = null;
        foreach (var (key, value) in map.Entries)
        {
            if (otherKeys.Contains(key.Text)) continue;
            if (key.Text == "condition") conditions = value;
            else if (key.Text == "timeframe")
                sink.Error("SIG020", key.At, "'timeframe' is an old form.", "Write a correlation document with 'timespan'.");
            else
            {
                foreach (var letter in key.Text)
                    if (!char.IsLetterOrDigit(letter) && letter is not ('_' or '-' or '.'))
                    {
                        sink.Warn("SIG021", key.At, $"'{letter}' does not belong in the identifier '{key.Text}'; a modifier here does nothing.", "Identifiers have letters, digits, '_' and '-'; modifiers stand after fields.");
                        break;
                    }
                if (searches.Count == Limits.IdentifiersMax)
                {
                    sink.Error("SIG029", key.At, $"The detection has more than {Limits.IdentifiersMax} identifiers.", "Split the rule.");
                    return null;
                }
                if (Search(value, key.Text, sink, lists) is { } search) searches.Add(new(key.Text, search, key.At));
            }
        }
        if (conditions is null or YamlScalar { Kind: ScalarKind.Null })
        {
            sink.Error("SIG022", at, "The detection has no condition.", "Add 'condition: selection'.");
            return null;
        }
        var read = new List<Condition>();
        int characters = 0, named = 0;
        foreach (var node in conditions is YamlList list ? list.Items : [conditions])
        {
            if (node is not YamlScalar text) sink.Error("SIG023", node.At, "A condition is text.", "Write 'condition: selection and not filter'.");
            else if ((characters += text.Text.Length) > Limits.ConditionCharsMax || named > Limits.ConditionNamesMax)
            {
                sink.Error("SIG040", text.At, $"The conditions are longer than {Limits.ConditionCharsMax} characters, or name more than {Limits.ConditionNamesMax} identifiers.", "Shorten them.");
                return null;
            }
            else if (ConditionReader.Read(text.Text, text.At, sink) is { } condition)
            {
                named += Resolve(condition, map, text.At, sink);
                read.Add(condition);
            }
        }
        if (named > Limits.ConditionNamesMax) sink.Error("SIG040", conditions.At, $"The conditions name more than {Limits.ConditionNamesMax} identifiers.", "Name fewer, or by fewer patterns.");
        if (read.Count == 0 && sink.Errors == errors) sink.Error("SIG022", conditions.At, "The list of conditions is empty.", "Name a condition.");
        if (sink.Errors > errors) return null;
        Lint(read, searches, conditions.At, sink);
        return new(searches, read);
    }

    static Search? Search(YamlNode node, string key, FindingSink sink, PlaceholderLists lists)
    {
        switch (node)
        {
            case YamlMap map:
                if (map.Entries.Count == 0)
                {
                    sink.Error("SIG024", node.At, $"The identifier '{key}' is empty.", "Give it a field, or remove it.");
                    return null;
                }
                var all = new List<Search>();
                foreach (var (name, value) in map.Entries)
                    if (ItemReader.Read(name.Text, name.At, value, sink, lists) is { } item) all.Add(item);
                foreach (var negated in all.OfType<Item>().Where(i => i.Negated))
                    if (!all.OfType<Item>().Any(i => i.Field == negated.Field && i.Values.Any(v => v.Any(t => t is ExistsTest { Wanted: true }))))
                        sink.Note("SIG056", negated.At, "'neq' is also true where the field is absent.", $"Add '{negated.Field}|exists: true' if it must be there.");
                return new AllOf(all);
            case YamlList list:
                if (list.Items.Count == 0)
                {
                    sink.Error("SIG024", node.At, $"The identifier '{key}' is an empty list.", "Give it values, or remove it.");
                    return null;
                }
                // Keywords of one list stay one item, so that they are sought together.
                var keywords = list.Items.OfType<YamlScalar>().ToList();
                var any = new List<Search>();
                if (keywords.Count > 0 && ItemReader.Read("|contains", node.At, new YamlList(node.At, keywords, keywords.Count + 1), sink, lists) is { } words)
                    any.Add(words with { Key = key });
                foreach (var item in list.Items)
                    if (item is not YamlScalar && Search(item, key, sink, lists) is { } part) any.Add(part);
                return new AnyOf(any);
            case YamlScalar { Kind: ScalarKind.Null }:
                sink.Error("SIG024", node.At, $"The identifier '{key}' is empty.", "Give it a field or keywords.");
                return null;
            default:
                return ItemReader.Read("|contains", node.At, node, sink, lists) is { } keyword ? keyword with { Key = key } : null;
        }
    }

    /// <summary>How many identifiers the condition names, each pattern with all that it takes; what it names in vain is an error.</summary>
    static int Resolve(Condition condition, YamlMap map, Mark at, FindingSink sink)
    {
        var named = 0;
        switch (condition)
        {
            case OrCondition or: foreach (var part in or.Parts) named += Resolve(part, map, at, sink); break;
            case AndCondition and: foreach (var part in and.Parts) named += Resolve(part, map, at, sink); break;
            case NotCondition not: return Resolve(not.Inner, map, at, sink);
            case NameCondition name:
                if (map.Get(name.Name) is null || name.Name == "condition")
                    sink.Error("SIG025", at, $"The condition names '{name.Name}', which the detection does not have.", "Spell it as the identifier is written; names are case-sensitive.");
                return 1;
            case OfCondition of:
                foreach (var (key, _) in map.Entries)
                    if (key.Text is not ("condition" or "timeframe" or "rules") && of.Takes(key.Text)) named++;
                if (named == 0) sink.Error("SIG026", at, $"'{of}' takes no identifier.", "Name at least one identifier so that the pattern takes it.");
                break;
        }
        return named;
    }

    static void Lint(List<Condition> conditions, List<NamedSearch> searches, Mark at, FindingSink sink)
    {
        var used = new HashSet<string>();
        foreach (var condition in conditions) Use(condition);
        foreach (var search in searches)
            if (!used.Contains(search.Name) && !search.Name.StartsWith('_'))
                sink.Warn("SIG027", search.At, $"No condition uses the identifier '{search.Name}'.", "Use it or remove it.");

        void Use(Condition condition)
        {
            switch (condition)
            {
                case OrCondition or: or.Parts.ToList().ForEach(Use); break;
                case AndCondition and: and.Parts.ToList().ForEach(Use); break;
                case NotCondition not: Use(not.Inner); break;
                case NameCondition name: used.Add(name.Name); break;
                case OfCondition of:
                    if (of is { All: true, Of: "them" }) sink.Note("SIG028", at, "'all of them' changes its meaning with each identifier added.", "Name the identifiers by a pattern.");
                    foreach (var search in searches)
                        if (of.Takes(search.Name)) used.Add(search.Name);
                    break;
            }
        }
    }
}
