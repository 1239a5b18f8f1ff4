using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>
/// A column for each property of a dynamic column, which goes. A property whose values are all of one type has that type; one with several
/// is dynamic. A schema says otherwise, and saves the first query.
/// </summary>
internal static class BagUnpack
{
    public static Shape Apply(Call call, Schema? schema, Shape shape, Compiler compiler)
    {
        var plain = call.Arguments.Where(a => a is not Named).ToList();
        if (plain.Count is 0 or > 4) { compiler.Faults.Add("KQL012", call.At, "`bag_unpack` takes a dynamic column, a prefix, and what to do with names that are taken.", "evaluate bag_unpack(bag, 'x_')"); return Compiler.Lost(); }
        var binder = new Binder(compiler, shape);
        string? Text(int place, string name) => (call.Arguments.OfType<Named>().FirstOrDefault(n => n.Name == name)?.Value ?? plain.ElementAtOrDefault(place)) is { } said ? binder.Bind(said).ConstantText : null;
        var prefix = Text(1, "OutputColumnPrefix") ?? "";
        var conflict = Text(2, "columnsConflict") ?? "error";
        var ignored = (call.Arguments.OfType<Named>().FirstOrDefault(n => n.Name == "ignoredProperties")?.Value ?? plain.ElementAtOrDefault(3)) is { } list && binder.Bind(list) is { Value: string[] some } ? some : [];
        if (conflict is not ("error" or "replace_source" or "keep_source")) { compiler.Faults.Add("KQL013", call.At, $"'{conflict}' says nothing about names that are taken.", "'error', 'replace_source' or 'keep_source'"); return Compiler.Lost(); }
        var of = binder.Bind(plain[0]);
        if (of.Type.Kind == Kind.Unknown) return Compiler.Lost();
        if (of.Type.Kind is not (Kind.Json or Kind.Bag or Kind.Loose)) { compiler.Faults.Add("KQL013", plain[0].At, $"A {of.Type.Name} has no properties.", "Only dynamic values do; see parse_json()."); return Compiler.Lost(); }
        var unpacked = plain[0] is Name n ? n.Text : null;
        var closed = compiler.Close(shape, [compiler.Parameters.Text(of)], out var bag);
        // The column itself goes.
        var kept = closed.Columns.Where(c => c.Name != unpacked).ToList();
        IReadOnlyList<(string Property, string Name, KType? Type)> wanted;
        if (schema is not null)
        {
            wanted = [.. schema.Columns.Where(c => schema.Others || kept.All(k => k.Name != c.Name)).Select(c => (c.Name.StartsWith(prefix, StringComparison.Ordinal) ? c.Name[prefix.Length..] : c.Name, c.Name, (KType?)c.Type))];
            if (!schema.Others) kept = [.. kept.Where(k => schema.Columns.Any(c => c.Name == k.Name))];
        }
        else
        {
            // Each name with the letter of a type before it: a bag's values are text that may be anything.
            var keys = of.Type.Kind == Kind.Bag ? $"arrayMap(x -> concat('L', toString(x)), mapKeys({bag[0]}))" : $"arrayMap(x -> concat(substring(toString(JSONType({bag[0]}, x)), 1, 1), x), JSONExtractKeys({bag[0]}))";
            if (Evaluate.Found($"arrayJoin({keys})", closed.From, closed.Where, call, compiler) is not { } found) return Compiler.Lost();
            if (shape.Foreign) return Compiler.Foreign();
            wanted = [.. found.GroupBy(f => f[1..]).OrderBy(g => g.Key, StringComparer.Ordinal).Where(g => !ignored.Contains(g.Key)).Select(g => (g.Key, prefix + g.Key, TypeOf([.. g.Select(f => f[0]).Where(t => t != 'N')])))];
        }
        var inside = new Binder(compiler, closed);
        foreach (var (property, name, type) in wanted)
        {
            var value = of.Type.Kind == Kind.Bag
                ? new Sql($"{bag[0]}[{compiler.Parameters.String(property)}]", KType.Loose, false, 6)
                : new Sql($"JSONExtractRaw({bag[0]}, {compiler.Parameters.String(property)})", KType.Json, false, 6);
            if (type is { } said) value = Lists.As(value, said, inside);
            var at = kept.FindIndex(c => c.Name == name);
            if (at < 0) kept.Add(new(name, value));
            else if (conflict == "replace_source") kept[at] = new(name, value);
            else if (conflict == "error") compiler.Faults.Add("KQL013", call.At, $"There is a column `{name}` already.", "Give a prefix: bag_unpack(bag, 'x_').");
        }
        return compiler.Close(closed.With(kept, open: false));
    }

    /// <summary>The type of values whose JSON types have these first letters: String, Int64, UInt64, Double, Bool, Array, Object.</summary>
    static KType? TypeOf(IReadOnlyList<char> letters) => letters switch
    {
        ['S'] => KType.String,
        ['B'] => KType.Bool,
        _ when letters.Count > 0 && letters.All(l => l is 'I' or 'U') => KType.Long,
        _ when letters.Count > 0 && letters.All(l => l is 'I' or 'U' or 'D') => KType.Real,
        _ => null,
    };
}
