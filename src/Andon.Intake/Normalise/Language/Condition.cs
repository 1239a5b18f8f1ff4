
namespace Andon.Intake.Normalise.Language;

enum TestKind { In, Present, Absent, Prefix, Suffix, Contains, Number }

/// <summary>One test of one key: <c>type: traffic</c>, <c>[a, b]</c>, <c>{prefix: x}</c>, <c>{present: true}</c>, <c>{not: …}</c>. Case does not matter.</summary>
sealed record Test(int Key, TestKind Kind, byte[][] Values, bool Not)
{
    public bool Holds(EventDraft draft)
    {
        var found = false;
        if (!draft.Pieces.TryGet(Key, out var piece)) found = Kind == TestKind.Absent;
        else if (Kind is TestKind.Present or TestKind.Absent) found = Kind == TestKind.Present == (piece.Length > 0);
        else
            do found = One(draft.Batch.Slice(piece.At, piece.Length));
            while (!found && draft.Pieces.TryNext(ref piece));
        return found != Not;
    }

    bool One(ReadOnlySpan<byte> value)
    {
        foreach (var wanted in Values)
            if (Kind switch
            {
                TestKind.In => FoldedNames.Same(value, wanted),
                TestKind.Prefix => value.Length >= wanted.Length && FoldedNames.Same(value[..wanted.Length], wanted),
                TestKind.Suffix => value.Length >= wanted.Length && FoldedNames.Same(value[^wanted.Length..], wanted),
                TestKind.Contains => value.IndexOf(wanted) >= 0,
                _ => value.Length > 0 && value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0,
            }) return true;
        return false;
    }
}

/// <summary>All tests of one of the alternatives must hold; no alternative at all always holds.</summary>
sealed record Condition(Test[][] Alternatives)
{
    public static readonly Condition Always = new([]);

    public bool Holds(EventDraft draft)
    {
        if (Alternatives.Length == 0) return true;
        foreach (var tests in Alternatives)
        {
            var all = true;
            for (var i = 0; all && i < tests.Length; i++) all = tests[i].Holds(draft);
            if (all) return true;
        }
        return false;
    }
}
