using Andon.Respond.Conditions;
using Andon.Respond.Variables;

namespace Andon.Tests.Respond;

public sealed class ConditionTests
{
    static readonly Dictionary<string, Variable> Known = new List<Variable>
    {
        Of("__a__", "string", "anna"), Of("__n__", "integer", "7"), Of("__f__", "float", "2.5"), Of("__t__", "bool", "true"), Of("__ip__", "ipv4-addr", "10.1.2.3"),
        Of("__d__", "string", "2026-03-02T08:00:00Z"), Of("__h__", "hexstring", "ABCDEF"), Of("__null__", "string", null), Of("__empty__", "string", ""),
    }.ToDictionary(v => v.Name);

    static Variable Of(string name, string type, string? value) => new(name, type, value, false, false, "");

    public static TheoryData<string> Lines()
    {
        var data = new TheoryData<string>();
        foreach (var line in File.ReadLines(Path.Combine(SharedData.RepositoryRoot, "tests/Andon.Tests/Respond/conditions.txt")))
            if (line.Length > 0 && line[0] != '#') data.Add(line);
        return data;
    }

    [Theory, MemberData(nameof(Lines))]
    public void Corpus(string line)
    {
        var parts = line.Split(" => ");
        var (condition, wrong) = ConditionParser.Parse(parts[0]);
        if (parts[1] == "error")
        {
            Assert.Null(condition);
            Assert.NotNull(wrong);
            return;
        }
        Assert.Null(wrong);
        Assert.NotNull(condition);
        Assert.Equal(parts[1], condition.ToString());
        Assert.Equal(parts[1], ConditionParser.Parse(condition.ToString()).Condition?.ToString());
        Assert.Equal(parts[2] == "true", ConditionRun.IsTrue(condition, n => Known.GetValueOrDefault(n)));
    }

    [Fact]
    public void Print_then_parse_is_a_fixed_point_for_any_condition()
    {
        var random = new Random(20260302);
        for (var round = 0; round < 2000; round++)
        {
            var made = Any(random, depth: 0);
            var text = made.ToString();
            var (read, wrong) = ConditionParser.Parse(text);
            Assert.True(read is not null, $"{text}: {wrong}");
            Assert.Equal(text, read.ToString());
            Assert.Equal(ConditionRun.IsTrue(made, n => Known.GetValueOrDefault(n)), ConditionRun.IsTrue(read, n => Known.GetValueOrDefault(n)));
        }
    }

    static Condition Any(Random random, int depth)
    {
        if (depth < 4)
        {
            switch (random.Next(6))
            {
                case 0: return new AnyOf([Any(random, depth + 1), Any(random, depth + 1)]);
                case 1: return new AllOf([Any(random, depth + 1), Any(random, depth + 1), Any(random, depth + 1)]);
                case 2: return new Not(Any(random, depth + 1));
            }
        }
        var name = Known.Keys.ElementAt(random.Next(Known.Count));
        if (random.Next(5) == 0) return new Exists(name);
        var nasty = new[] { "a'b", "a\\", "\\'", "(", ") OR (", "__n__:value", " AND ", "", "ü", "\n", "10.0.0.0/8" };
        Literal Text() => new(LiteralKind.Text, nasty[random.Next(nasty.Length)]);
        return random.Next(4) switch
        {
            0 => new Comparison(name, random.Next(2) == 0, Comparer.In, [Text(), new(LiteralKind.Integer, $"{random.Next(-9, 9)}")]),
            1 => new Comparison(name, random.Next(2) == 0, Comparer.Like, [Text()]),
            _ => new Comparison(name, random.Next(2) == 0, (Comparer)random.Next(6), [Text()]),
        };
    }

    [Fact]
    public void A_pattern_made_to_hang_ends_at_once()
    {
        var (condition, _) = ConditionParser.Parse("__a__:value MATCHES '^(a+)+$'");
        Assert.NotNull(condition);
        var bomb = Of("__a__", "string", new string('a', 50_000) + "!");
        Assert.False(ConditionRun.IsTrue(condition, _ => bomb));
    }

    [Fact]
    public void Nesting_has_a_bound()
    {
        var (condition, wrong) = ConditionParser.Parse(new string('(', 1000) + "__a__:value = 1" + new string(')', 1000));
        Assert.Null(condition);
        Assert.Contains("deeper", wrong);
    }
}
