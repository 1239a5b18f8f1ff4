using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;

namespace Andon.Detect.Sigma.Indexing;

enum WitnessKind { Present, Exact, Prefix, Suffix, Substring, Keyword }

/// <summary>Something an event must show for a rule to be worth asking: a folded literal in one field, or that the field is there at all.</summary>
/// <param name="Slot">Null for keywords, which look at every value.</param>
readonly record struct Witness(FieldSlot? Slot, WitnessKind Kind, byte[] Literal)
{
    /// <summary>
    /// Guess of how often events show it. Long literals are rare; a literal that many rules name is a common one
    /// (<c>\powershell.exe</c>), which the rules themselves tell us better than any list of ours could.
    /// </summary>
    public double Frequency(int rulesNaming)
    {
        var length = Literal.Length;
        var alone = Kind switch
        {
            WitnessKind.Present => 0.9,
            WitnessKind.Exact => 0.05,
            WitnessKind.Prefix or WitnessKind.Suffix => length < 4 ? 0.2 : 0.05 * Math.Pow(0.8, Math.Min(length, 24) - 4),
            _ => length < 4 ? 0.6 - 0.1 * length : 0.1 * Math.Pow(0.75, Math.Min(length, 24) - 4),
        };
        return Math.Min(0.9, alone + 0.002 * (rulesNaming - 1));
    }
}

/// <summary>
/// Derives from a rule a condition that every event it matches must meet: one of a list of witnesses. AND takes its rarest child,
/// OR needs one of each child, NOT promises nothing. Null stands for "no such list": the rule is asked for every event.
/// </summary>
static class WitnessFinder
{
    public static Witness[]? Of(Node node, Func<Witness, double> frequency) => Best(node, frequency).Witnesses;

    static (Witness[]? Witnesses, double Frequency) Best(Node node, Func<Witness, double> frequency)
    {
        switch (node)
        {
            case AndNode and:
                return Rarest(and.Parts.Select(p => Best(p, frequency)));
            case OrNode or:
                return Union(or.Parts.Select(p => Best(p, frequency)));
            case Predicate { Item.Negated: false } predicate:
                return OfItem(predicate, frequency);
            default:
                return (null, double.MaxValue);
        }
    }

    static (Witness[]? Witnesses, double Frequency) OfItem(Predicate predicate, Func<Witness, double> frequency)
    {
        var values = predicate.Witnesses.Select(alternatives => Union(alternatives.Select(choices => OfChoices(choices, frequency))));
        return predicate.Item.All ? Rarest(values) : Union(values);
    }

    static (Witness[]? Witnesses, double Frequency) Rarest(IEnumerable<(Witness[]? Witnesses, double Frequency)> parts)
    {
        (Witness[]? Witnesses, double Frequency) rarest = (null, double.MaxValue);
        foreach (var part in parts)
            if (part.Witnesses is not null && part.Frequency < rarest.Frequency) rarest = part;
        return rarest;
    }

    static (Witness[]? Witnesses, double Frequency) Union(IEnumerable<(Witness[]? Witnesses, double Frequency)> parts)
    {
        var all = new List<Witness>();
        var sum = 0.0;
        foreach (var (witnesses, frequency) in parts)
        {
            if (witnesses is null) return (null, double.MaxValue);
            all.AddRange(witnesses);
            sum += frequency;
        }
        return ([.. all], sum);
    }

    /// <summary>Every literal that a rule could be found by; used to count how many rules name it.</summary>
    public static IEnumerable<Witness> Named(Node node)
    {
        switch (node)
        {
            case AndNode and: return and.Parts.SelectMany(Named);
            case OrNode or: return or.Parts.SelectMany(Named);
            case NotNode not: return Named(not.Inner);
            case FieldPredicate predicate:
                return predicate.Witnesses.SelectMany(v => v).SelectMany(choices => choices ?? []).SelectMany(c => c).Where(w => w.Kind != WitnessKind.Present);
            default: return [];
        }
    }

    static (Witness[]? Witnesses, double Frequency) OfChoices(List<Witness[]>? choices, Func<Witness, double> frequency) =>
        choices is null ? (null, double.MaxValue) : Rarest(choices.Select(c => ((Witness[]?)c, c.Sum(frequency))));

    /// <summary>What an event must show for each alternative of each value of an item; null where an alternative promises nothing.</summary>
    public static List<Witness[]>?[][] Of(Item item, FieldSlot? slot) => [.. item.Values.Select(v => v.Select(test => Choices(slot, test)).ToArray())];

    // Each choice is a list of which one must show; the choices are all necessary, so the rarest may be taken.
    static List<Witness[]>? Choices(FieldSlot? slot, ValueTest test)
    {
        Witness One(WitnessKind kind, byte[] literal) => new(slot, slot is null ? WitnessKind.Keyword : kind, literal);
        switch (test)
        {
            case PatternTest { Pattern.Pieces: var pieces }:
                var found = new List<Witness[]>();
                for (var i = 0; i < pieces.Count; i++)
                    if (pieces[i].Kind == PieceKind.Literal)
                        found.Add([One((i == 0, i == pieces.Count - 1) switch { (true, true) => WitnessKind.Exact, (true, false) => WitnessKind.Prefix, (false, true) => WitnessKind.Suffix, _ => WitnessKind.Substring }, Fold.Bytes(pieces[i].Text))]);
                if (pieces.Count == 0) found.Add([One(WitnessKind.Exact, [])]);
                return found.Count > 0 ? found : Present(slot);
            case NumberTest number:
                return [[One(WitnessKind.Exact, Fold.Bytes(number.Source)), One(WitnessKind.Exact, Fold.Bytes(number.Canonical))]];
            case RegexTest regex:
                return RegexLiterals.Of(regex.Regex) is { } literals ? [[.. literals.Select(l => One(WitnessKind.Substring, Fold.Bytes(l)))]] : Present(slot);
            case NullTest or ExistsTest { Wanted: false }:
                return null;
            default:
                return Present(slot);
        }
    }

    static List<Witness[]>? Present(FieldSlot? slot) => slot is null ? null : [[new(slot, WitnessKind.Present, [])]];
}
