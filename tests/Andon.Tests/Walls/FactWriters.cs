using System.Text;
using System.Text.RegularExpressions;
using Andon.Model;

namespace Andon.Tests.Walls;

/// <summary>Law 5: each fact has one writer. Two writers of one fact would mean that two rooms decide the same thing.</summary>
public sealed class FactWriters
{
    static readonly Dictionary<Room, string> Sources = Enum.GetValues<Room>().ToDictionary(
        room => room,
        room => string.Join('\n', Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "src", $"Andon.{room}"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText)));

    static IEnumerable<Room> WritersOf(Type fact) =>
        Sources.Where(s => Regex.IsMatch(s.Value, $@"\bnew {fact.Name}\(", RegexOptions.NonBacktracking)).Select(s => s.Key);

    static IEnumerable<Room> ReadersOf(Type fact) =>
        Sources.Where(s => s.Key != FactTypes.WriterOf(fact) && Regex.IsMatch(s.Value, $@"\b{fact.Name}\b", RegexOptions.NonBacktracking)).Select(s => s.Key);

    public static TheoryData<string> Every() => new(FactTypes.Every.Select(t => t.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Every))]
    public void A_fact_is_made_only_in_the_room_that_writes_it(string name)
    {
        var fact = FactTypes.Every.Single(t => t.Name == name);
        var strangers = WritersOf(fact).Where(r => r != FactTypes.WriterOf(fact)).ToList();
        Assert.True(strangers.Count == 0, $"{name} is written by {FactTypes.WriterOf(fact)}; but {string.Join(", ", strangers)} makes one too.");
    }

    [Fact]
    public void A_fact_survives_its_JSON()
    {
        foreach (var type in FactTypes.Every)
        {
            var fact = (FactBody)Sample(type);
            var json = FactTypes.Write(fact);
            Assert.Equal(json, FactTypes.Write(FactTypes.Read(FactTypes.NameOf(fact), json)));
        }
    }

    [Fact]
    public void The_list_of_facts_is_printed_from_the_code()
    {
        var text = new StringBuilder("# Facts\n\nPrinted from the code by `tests/Andon.Tests/Walls/FactWriters.cs` (UPDATE=1). Each fact has one writer; readers fold it into their state.\n\n| fact | type | writer | readers |\n|---|---|---|---|\n");
        foreach (var type in FactTypes.Every.OrderBy(t => FactTypes.WriterOf(t)).ThenBy(t => t.Name, StringComparer.Ordinal))
            text.Append($"| {FactTypes.NameOf((FactBody)Sample(type))} | {type.Name} | {FactTypes.WriterOf(type)} | {string.Join(", ", ReadersOf(type))} |\n");
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "FACTS.md");
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") File.WriteAllText(path, text.ToString());
        Assert.True(File.Exists(path) && File.ReadAllText(path) == text.ToString(), "docs/FACTS.md no longer tells the truth: run the tests once with UPDATE=1.");
    }

    static object Sample(Type type)
    {
        if (type == typeof(string)) return "x";
        if (Nullable.GetUnderlyingType(type) is { } inner) return Sample(inner);
        if (type.IsEnum) return Enum.GetValues(type).GetValue(0)!;
        if (type.IsValueType) return Activator.CreateInstance(type)!;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var item = type.GetGenericArguments()[0];
            var array = Array.CreateInstance(item, 1);
            array.SetValue(Sample(item), 0);
            return array;
        }
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)) return new Dictionary<string, string> { ["a"] = "b" };
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        return constructor.Invoke(constructor.GetParameters().Select(p => Sample(p.ParameterType)).ToArray());
    }
}
