using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Functions;
using Andon.Store.Query.Operators;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Editing;

/// <summary>What can be written at a place of a query. Pure: it reads no store, only the language and the catalogue.</summary>
internal static class Completion
{
    public static CompletionAnswer At(string text, int caret)
    {
        if (text.Length > Limits.QueryCharsMax) return new(caret, caret, [], null);
        var place = Place.At(text, caret);
        var typed = text[Math.Min(place.From, text.Length)..Math.Clamp(caret, Math.Min(place.From, text.Length), text.Length)];
        var (shape, lets) = Scope(place);
        var items = Offered(place, shape, lets)
            .Where(i => i.Text.Contains(typed, StringComparison.OrdinalIgnoreCase))
            .OrderBy(i => i.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase) ? 0 : 1).ThenBy(i => Rank(i.Kind)).ThenBy(i => i.Text, StringComparer.Ordinal)
            .DistinctBy(i => (i.Text, i.Kind)).Take(Limits.CompletionMax).ToList();
        return new(place.From, place.To, items, Hover(text, place, shape));
    }

    static int Rank(string kind) => kind switch { "value" => 0, "operator" or "table" => 1, "name" => 2, "column" => 3, "relation" => 4, "word" => 5, "aggregate" => 6, _ => 7 };

    /// <summary>The columns before the operator at the caret, and the names of lets.</summary>
    static (Shape? Shape, IReadOnlyList<Let> Lets) Scope(Place place)
    {
        if (place.Before.Trim().Length == 0) return (null, []);
        var faults = new Faults(place.Before);
        var statement = Parser.Parse(place.Before, faults);
        return (new Compiler(faults, new(0)).Open(statement), statement.Lets);
    }

    static IEnumerable<CompletionItem> Offered(Place place, Shape? shape, IReadOnlyList<Let> lets) => place.Wanted switch
    {
        Wanted.Table => TablesOf(lets).Concat(place.Operator is null ? Words("let", "print", "search", "union") : []),
        Wanted.Operator => OperatorTable.All.Keys.Select(k => new CompletionItem(k, "operator", Help(k).Form, Help(k).Meaning)),
        Wanted.Relation => RelationsOf(place),
        Wanted.Text => Known.GetValueOrDefault(place.Compared ?? "", []).Select(v => new CompletionItem(v, "value", place.Compared!, "")),
        _ => Columns(shape).Concat(lets.Select(l => new CompletionItem(l.Name, "name", "let", ""))).Concat(FunctionsOf(place)).Concat(Words("true", "false")),
    };

    static IEnumerable<CompletionItem> TablesOf(IReadOnlyList<Let> lets) =>
        Tables.All.Values.Select(t => new CompletionItem(t.Name, "table", "table", t.Meaning)).Concat(lets.Where(l => l is not LetValue).Select(l => new CompletionItem(l.Name, "name", "let", "")));

    static IEnumerable<CompletionItem> Words(params string[] words) => words.Select(w => new CompletionItem(w, "word", "", ""));

    static IEnumerable<CompletionItem> RelationsOf(Place place)
    {
        if (place.Operator is "where" or "filter" or "search" or "extend" or "project" or "summarize" or "print" or null)
            foreach (var relation in Ast.Words.Relations.Concat(Ast.Words.ListRelations).Append("between").Append("!between")) yield return new(relation, "relation", "", OperatorHelp.Relation(relation));
        foreach (var word in place.Operator is "sort" or "order" or "top" ? Words("by", "asc", "desc", "nulls first", "nulls last") : place.Operator is "summarize" ? Words("by", "and", "or") : Words("and", "or")) yield return word;
    }

    static IEnumerable<CompletionItem> FunctionsOf(Place place)
    {
        var scalars = FunctionTable.All.Values.Select(f => new CompletionItem(f.Name, "function", f.Signature, f.Meaning));
        return place.Grouping ? AggregateTable.All.Values.Select(f => new CompletionItem(f.Name, "aggregate", f.Signature, f.Meaning)).Concat(scalars) : scalars;
    }

    static IEnumerable<CompletionItem> Columns(Shape? shape)
    {
        if (shape is null) yield break;
        foreach (var column in shape.Columns) yield return new(Name(column.Name), "column", column.Sql.Type.Name, column.Meaning);
        if (!shape.Open) yield break;
        foreach (var field in Tables.Plain.Values) yield return new(Name(field.Name), "column", field.Type == Model.FieldType.Long ? KType.Long.Name : KType.Loose.Name, field.Meaning);
    }

    static string Name(string name) => new Printer().Name(name).ToString();

    // Hover ---------------------------------------------------------------------------------------------------

    static HoverText? Hover(string text, Place place, Shape? shape)
    {
        var word = text[Math.Min(place.From, text.Length)..Math.Min(place.To, text.Length)];
        if (word.Length == 0 || place.Wanted == Wanted.Text) return null;
        HoverText Of(string title, string meaning) => new(place.From, place.To, title, meaning);
        if (place.Wanted == Wanted.Operator) return OperatorTable.All.ContainsKey(word) ? Of(Help(word).Form, Help(word).Meaning) : null;
        if (shape?.Find(word) is { } column) return Of($"{word}: {column.Sql.Type.Name}", column.Meaning);
        if (AggregateTable.All.TryGetValue(word, out var aggregate)) return Of(aggregate.Signature, aggregate.Meaning);
        if (FunctionTable.All.TryGetValue(word, out var function)) return Of(function.Signature, function.Meaning);
        if (Tables.All.TryGetValue(word, out var table)) return Of($"{word}: table", table.Meaning);
        if (Tables.Plain.TryGetValue(word, out var field)) return Of($"{word}: {(field.Type == Model.FieldType.Long ? KType.Long : KType.Loose).Name}", field.Meaning);
        return null;
    }

    static (string Form, string Meaning) Help(string name) => OperatorHelp.All.GetValueOrDefault(name, (name, ""));

    /// <summary>Values that a field has by its definition.</summary>
    static readonly Dictionary<string, string[]> Known = new()
    {
        ["event.outcome"] = ["success", "failure", "unknown"],
        ["event.category"] = ["authentication", "configuration", "database", "driver", "email", "file", "host", "iam", "intrusion_detection", "library", "malware", "network", "package", "process", "registry", "session", "threat", "vulnerability", "web"],
        ["event.type"] = ["access", "admin", "allowed", "change", "connection", "creation", "deletion", "denied", "end", "error", "group", "indicator", "info", "installation", "protocol", "start", "user"],
        ["level"] = ["informational", "low", "medium", "high", "critical"],
        ["queue"] = ["production", "testing", "input"],
        ["state"] = ["open", "closed", "merged", "well", "ailing"],
        ["lane"] = ["new", "triage", "investigate", "contain", "recover", "validate", "closed"],
        ["verdict"] = ["truePositive", "benignPositive", "falsePositive", "undecided"],
        ["type"] = [.. Model.FactTypes.Every.Select(t => Model.FactTypes.NameOf(t)).Order(StringComparer.Ordinal)],
        ["http.request.method"] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"],
    };
}
