using System.Text.RegularExpressions;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>Text taken apart: parse in its modes, parse-kv with delimiters.</summary>
sealed partial class Evaluator
{
    static object? Typed(string text, KType type) => type.Kind switch
    {
        Kind.Long => Value.Long(text),
        Kind.Real => Value.Real(text),
        Kind.Bool => Value.Bool(text),
        Kind.DateTime => Value.Time(text),
        _ => text,
    };

    Rows With(Rows input, IReadOnlyList<(string Name, KType Type)> columns, Func<string, object?[]?> read, Expr of, bool drop)
    {
        var all = input.Columns.Concat(columns.Select(c => c.Name)).Distinct().ToList();
        var rows = new List<object?[]>();
        foreach (var row in input.Items)
        {
            var found = read(Value.Text(At(input.Columns, row).Of(of)));
            if (found is null && drop) continue;
            var made = new object?[all.Count];
            row.CopyTo(made, 0);
            for (var i = 0; i < columns.Count; i++) made[all.IndexOf(columns[i].Name)] = found is null ? columns[i].Type.Kind == Kind.String ? "" : null : found[i];
            rows.Add(made);
        }
        return input with { Columns = all, Items = rows, Texts = input.Texts.Concat(columns.Where(c => c.Type.Kind == Kind.String).Select(c => c.Name)).ToHashSet() };
    }

    Rows Parsed(Rows input, ParseText parse)
    {
        var columns = parse.Parts.Where(p => p.Column is not null).Select(p => (p.Column!, p.Type)).ToList();
        return With(input, columns, text =>
        {
            var values = new object?[columns.Count];
            return Match(text, 0, parse, 0, 0, values) ? values : null;
        }, parse.Of, parse.Filter);
    }

    /// <summary>Does the rest of the text match the rest of the parts? Each column is as short as it can be; every way is tried.</summary>
    static bool Match(string text, int at, ParseText parse, int part, int column, object?[] values)
    {
        if (part == parse.Parts.Count) return at == text.Length;
        var now = parse.Parts[part];
        if (now.Text is { } literal) return text.AsSpan(at).StartsWith(literal, StringComparison.Ordinal) && Match(text, at + literal.Length, parse, part + 1, column, values);
        for (var end = at; end <= text.Length; end++)
        {
            if (now.Column is not null)
            {
                // Numbers are digits from end to end where types must fit.
                var whole = now.Type.Kind == Kind.Long && Regex.IsMatch(text[at..end], "^-?[0-9]+$");
                if (now.Type.Kind == Kind.Long && parse.Kind == "simple" && !(whole && (end == text.Length || !char.IsAsciiDigit(text[end])))) continue;
                values[column] = Typed(text[at..end], now.Type);
            }
            if (Match(text, end, parse, part + 1, column + (now.Column is null ? 0 : 1), values)) return true;
        }
        return false;
    }

    Rows Paired(Rows input, ParsePairs parse) => With(input, [.. parse.Keys.Columns], text =>
    {
        var pairs = text.Split(parse.Pair!).Select(p => p.Split(parse.Between!, 2)).Where(p => p.Length == 2).Select(p => (Key: p[0].Trim(), Value: p[1].Trim())).ToList();
        return [.. parse.Keys.Columns.Select(k => pairs.Where(p => p.Key == k.Name).Select(p => Typed(p.Value, k.Type)).DefaultIfEmpty(k.Type.Kind == Kind.String ? "" : null).First())];
    }, parse.Of, drop: false);
}
