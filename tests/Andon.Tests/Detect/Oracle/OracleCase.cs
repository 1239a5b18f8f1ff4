using System.Text;

namespace Andon.Tests.Detect.Oracle;

/// <summary>One line of a map under an identifier: a key with its values, as YAML.</summary>
sealed record GrownItem(string Key, IReadOnlyList<string> Values)
{
    public string Yaml => $"{(Key[0] == '|' ? $"'{Key}'" : Key)}: {(Values.Count == 1 ? Values[0] : $"[{string.Join(", ", Values)}]")}";
}

/// <summary>What stands under one identifier: alternatives, each a map (AND) or, with an empty key, keywords.</summary>
sealed record GrownSearch(string Name, IReadOnlyList<IReadOnlyList<GrownItem>> Any)
{
    public string Yaml
    {
        get
        {
            if (Any is [[{ Key: "" } words]]) return $"  {Name}: {(words.Values.Count == 1 ? words.Values[0] : $"[{string.Join(", ", words.Values)}]")}\n";
            if (Any.Count == 1) return $"  {Name}:\n{string.Concat(Any[0].Select(i => $"    {i.Yaml}\n"))}";
            return $"  {Name}:\n{string.Concat(Any.Select(map => map is [{ Key: "" } w] ? string.Concat(w.Values.Select(v => $"    - {v}\n")) : $"    - {string.Join("      ", map.Select(i => i.Yaml + "\n"))}"))}";
        }
    }
}

sealed record GrownRule(string Id, IReadOnlyList<GrownSearch> Searches, IReadOnlyList<string> Conditions, string? FilterOf)
{
    public bool IsFilter => FilterOf is not null;

    public string Yaml
    {
        get
        {
            var yaml = new StringBuilder($"title: {Id}\nname: {Id}\nlevel: low\nlogsource: {{ product: test }}\n").Append(IsFilter ? $"filter:\n  rules: {FilterOf}\n" : "detection:\n");
            foreach (var search in Searches) yaml.Append(search.Yaml);
            return yaml.Append(Conditions.Count == 1 ? $"  condition: {Conditions[0]}\n" : $"  condition:\n{string.Concat(Conditions.Select(c => $"    - {c}\n"))}").ToString();
        }
    }

    public IEnumerable<GrownRule> Smaller()
    {
        foreach (var search in Searches) if (Conditions[0] != search.Name) yield return this with { Searches = [search], Conditions = [search.Name] };
        if (Searches.Count > 1 && Searches.FirstOrDefault(s => s.Name == Conditions[0]) is { } only) yield return this with { Searches = [only] };
        for (var i = 0; i < Searches.Count; i++)
        {
            var any = Searches[i].Any;
            for (var k = 0; k < any.Count && any.Count > 1; k++) yield return With(i, Without(any, k));
            for (var k = 0; k < any.Count; k++)
                for (var n = 0; n < any[k].Count; n++)
                {
                    if (any[k].Count > 1) yield return With(i, [.. any.Select((map, m) => m == k ? Without(map, n) : map)]);
                    var values = any[k][n].Values;
                    for (var v = 0; v < values.Count && values.Count > 1; v++)
                    {
                        var item = any[k][n] with { Values = Without(values, v) };
                        yield return With(i, [.. any.Select((map, m) => m == k ? [.. map.Select((x, at) => at == n ? item : x)] : map)]);
                    }
                }
        }

        GrownRule With(int i, IReadOnlyList<IReadOnlyList<GrownItem>> any) => this with { Searches = [.. Searches.Select((s, at) => at == i ? s with { Any = any } : s)] };
    }

    static List<T> Without<T>(IReadOnlyList<T> list, int i) => [.. list.Where((_, at) => at != i)];
}

/// <summary>Rules in one set and events, each a list of names with JSON values. Shrinks to fewer and smaller ones.</summary>
sealed record GrownCase(IReadOnlyList<GrownRule> Rules, IReadOnlyList<IReadOnlyList<(string Name, string Json)>> Events)
{
    public static string Json(IReadOnlyList<(string Name, string Json)> e) => $"{{{string.Join(",", e.Select(f => $"{System.Text.Json.JsonSerializer.Serialize(f.Name)}:{f.Json}"))}}}";

    public IEnumerable<GrownCase> Smaller()
    {
        if (Events.Count > 1)
        {
            yield return this with { Events = [.. Events.Take(Events.Count / 2)] };
            yield return this with { Events = [.. Events.Skip(Events.Count / 2)] };
        }
        if (Rules.Count > 3)
        {
            yield return this with { Rules = [.. Rules.Take(Rules.Count / 2)] };
            yield return this with { Rules = [.. Rules.Skip(Rules.Count / 2)] };
        }
        for (var i = 0; i < Rules.Count && Rules.Count > 1; i++) yield return this with { Rules = [.. Rules.Where((_, at) => at != i)] };
        if (Rules.Count > 3 || Events.Count > 1) yield break;
        for (var i = 0; i < Rules.Count; i++)
            foreach (var smaller in Rules[i].Smaller()) yield return this with { Rules = [.. Rules.Select((r, at) => at == i ? smaller : r)] };
        for (var f = 0; f < Events[0].Count; f++) yield return this with { Events = [[.. Events[0].Where((_, at) => at != f)]] };
    }

    public override string ToString() => Rules.Count > 4 ? $"{Rules.Count} rules, {Events.Count} events" : $"{string.Join("---\n", Rules.Select(r => r.Yaml))}{string.Concat(Events.Select(e => $"# event {Json(e)}\n"))}";
}
