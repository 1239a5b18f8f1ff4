using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>
/// A column for each property of a dynamic column, which goes. Properties whose values all look alike are long, real, bool or datetime only
/// where a schema says so; else they are dynamic values read as they come.
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
            var keys = of.Type.Kind == Kind.Bag ? $"mapKeys({bag[0]})" : $"JSONExtractKeys({bag[0]})";
            if (Evaluate.Found($"toString(arrayJoin({keys}))", closed.From, closed.Where, call, compiler) is not { } names) return Compiler.Lost();
            if (shape.Foreign) return Compiler.Foreign();
            wanted = [.. names.Except(ignored).Select(p => (p, prefix + p, (KType?)null))];
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
}
