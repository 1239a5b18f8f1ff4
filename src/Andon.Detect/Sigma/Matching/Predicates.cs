using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Indexing;
using Andon.Model;

namespace Andon.Detect.Sigma.Matching;

/// <summary>A part of a rule that is true or false for an event.</summary>
abstract class Node
{
    public abstract int Cost { get; }
    public abstract bool Eval(EventValues values);
}

sealed class AndNode(Node[] parts) : Node
{
    readonly Node[] parts = [.. parts.OrderBy(p => p.Cost)];
    public IReadOnlyList<Node> Parts => parts;
    public override int Cost { get; } = parts.Sum(p => p.Cost);

    public override bool Eval(EventValues values)
    {
        foreach (var part in parts)
            if (!part.Eval(values)) return false;
        return true;
    }
}

sealed class OrNode(Node[] parts) : Node
{
    readonly Node[] parts = [.. parts.OrderBy(p => p.Cost)];
    public IReadOnlyList<Node> Parts => parts;
    public override int Cost { get; } = parts.Sum(p => p.Cost);

    public override bool Eval(EventValues values)
    {
        foreach (var part in parts)
            if (part.Eval(values)) return true;
        return false;
    }
}

sealed class NotNode(Node inner) : Node
{
    public Node Inner => inner;
    public override int Cost => inner.Cost;
    public override bool Eval(EventValues values) => !inner.Eval(values);
}

/// <summary>An item of a rule. Equal items of several rules are one predicate, answered once per event.</summary>
abstract class Predicate(int number, Item item) : Node
{
    List<Witness[]>?[][]? witnesses;

    public int Number { get; } = number;
    public Item Item { get; } = item;
    public virtual FieldSlot? Reads => null;
    /// <summary>See <see cref="WitnessFinder.Of(Item, FieldSlot?)"/>; worked out when an index first asks.</summary>
    public List<Witness[]>?[][] Witnesses => witnesses ??= WitnessFinder.Of(Item, Reads);

    public sealed override bool Eval(EventValues values)
    {
        var known = values.Remembered(Number);
        if (known >= 0) return known == 1;
        var answer = Compute(values) != Item.Negated;
        values.Remember(Number, answer);
        return answer;
    }

    protected abstract bool Compute(EventValues values);
}

/// <summary>Alternatives for one value of a field: matchers, and whether null, presence or absence will do.</summary>
sealed class FieldTest
{
    readonly Matcher[] matchers;
    readonly bool orNull, orPresent, orAbsent;

    public FieldTest(IEnumerable<ValueTest> tests, Func<string, FieldSlot> slot)
    {
        var all = new List<Matcher>();
        var exact = new HashSet<byte[]>(Utf8Names.Instance);
        foreach (var test in tests)
        {
            switch (test)
            {
                case NullTest: orNull = orAbsent = true; break;
                case ExistsTest { Wanted: true }: orPresent = true; break;
                case ExistsTest: orAbsent = true; break;
                case PatternTest { Cased: false, Pattern.Pieces: [{ Kind: PieceKind.Literal } one] }: exact.Add(Fold.Bytes(one.Text)); break;
                case NumberTest number: exact.Add(Fold.Bytes(number.Source)); exact.Add(Fold.Bytes(number.Canonical)); break;
                default: all.AddRange(MatcherFactory.Make(test, slot)); break;
            }
        }
        if (exact.Count > 3) all.Add(new ExactSetMatcher(exact));
        else all.AddRange(exact.Select(e => new ExactMatcher(e, cased: false)));
        matchers = [.. all.OrderBy(m => m.Cost)];
        Cost = 1 + matchers.Sum(m => m.Cost);
    }

    public int Cost { get; }

    public bool Test(EventValues values, FieldSlot slot)
    {
        var cell = values.First(slot);
        if (cell < 0) return orAbsent;
        if (orPresent) return true;
        for (; cell >= 0; cell = values.Next(cell))
        {
            if (values.Kind(cell) == ValueKind.Null)
            {
                if (orNull) return true;
                continue;
            }
            foreach (var matcher in matchers)
                if (matcher.Test(values, cell)) return true;
        }
        return false;
    }
}

sealed class FieldPredicate : Predicate
{
    readonly FieldTest[] tests;

    public FieldPredicate(int number, Item item, FieldSlot slot, Func<string, FieldSlot> slots) : base(number, item)
    {
        Slot = slot;
        tests = item.All ? [.. item.Values.Select(v => new FieldTest(v, slots))] : [new(item.Values.SelectMany(v => v), slots)];
        Cost = tests.Sum(t => t.Cost);
    }

    public FieldSlot Slot { get; }
    public override FieldSlot? Reads => Slot;
    public override int Cost { get; }

    protected override bool Compute(EventValues values)
    {
        foreach (var test in tests)
            if (!test.Test(values, Slot)) return false;
        return true;
    }
}

/// <summary>Keywords: every value of the event, one by one, and the raw record.</summary>
sealed class KeywordPredicate : Predicate
{
    readonly byte[]?[][] literals;
    readonly Matcher[][] others;

    public KeywordPredicate(int number, Item item) : base(number, item)
    {
        literals = new byte[]?[item.Values.Count][];
        others = new Matcher[item.Values.Count][];
        for (var i = 0; i < literals.Length; i++)
        {
            var plain = new List<byte[]?>();
            var rest = new List<Matcher>();
            foreach (var test in item.Values[i])
            {
                if (test is PatternTest { Cased: false, Pattern.Pieces: [{ Kind: PieceKind.Any }, { Kind: PieceKind.Literal } word, { Kind: PieceKind.Any }] }) plain.Add(Fold.Bytes(word.Text));
                else rest.AddRange(MatcherFactory.Make(test, _ => throw new InvalidOperationException("A keyword names no field.")));
            }
            literals[i] = [.. plain];
            others[i] = [.. rest];
        }
    }

    public override int Cost => 5_000;

    protected override bool Compute(EventValues values)
    {
        for (var i = 0; i < literals.Length; i++)
        {
            var met = One(values, i);
            if (met != Item.All) return met;
        }
        return Item.All;
    }

    bool One(EventValues values, int i)
    {
        if (literals[i].Length > 0)
        {
            var everything = values.Everything();
            foreach (var literal in literals[i])
                if (everything.IndexOf(literal) >= 0) return true;
        }
        foreach (var matcher in others[i])
            for (var cell = 0; cell <= values.CellCount; cell++)
                if (values.Searched(cell) && matcher.Test(values, cell)) return true;
        return false;
    }
}
