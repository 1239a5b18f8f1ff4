using System.Text.RegularExpressions;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Indexing;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Matching;

/// <summary>Asks something of one value (never null) of an event.</summary>
abstract class Matcher
{
    public abstract int Cost { get; }
    public abstract bool Test(EventValues values, int cell);
}

/// <summary><c>*</c>: any value at all.</summary>
sealed class AnyMatcher : Matcher
{
    public override int Cost => 1;
    public override bool Test(EventValues values, int cell) => true;
}

sealed class ExactMatcher(byte[] literal, bool cased) : Matcher
{
    public override int Cost => 2;
    public override bool Test(EventValues values, int cell) => values.Value(cell, cased).SequenceEqual(literal);
}

/// <summary>Many exact values at once.</summary>
sealed class ExactSetMatcher : Matcher
{
    readonly HashSet<byte[]> set;
    readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> lookup;

    public ExactSetMatcher(IEnumerable<byte[]> literals)
    {
        set = new(literals, Utf8Names.Instance);
        lookup = set.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public override int Cost => 4;
    public override bool Test(EventValues values, int cell) => lookup.Contains(values.Folded(cell));
}

sealed class PrefixMatcher(byte[] literal, bool cased) : Matcher
{
    public override int Cost => 2;
    public override bool Test(EventValues values, int cell) => values.Value(cell, cased).StartsWith(literal);
}

sealed class SuffixMatcher(byte[] literal, bool cased) : Matcher
{
    public override int Cost => 2;
    public override bool Test(EventValues values, int cell) => values.Value(cell, cased).EndsWith(literal);
}

sealed class ContainsMatcher(byte[] literal, bool cased) : Matcher
{
    public override int Cost => 8;
    public override bool Test(EventValues values, int cell) => values.Value(cell, cased).IndexOf(literal) >= 0;
}

sealed class GlobMatcher(Glob glob, bool cased) : Matcher
{
    public override int Cost => 16;
    public override bool Test(EventValues values, int cell) => glob.IsMatch(values.Value(cell, cased));
}

/// <summary>A regular expression; built when it is first needed, since most rules of a set never come to ask theirs.</summary>
sealed class RegexMatcher(RegexTest test) : Matcher
{
    readonly byte[][] literals = [.. (RegexLiterals.Of(test.Regex) ?? []).Select(Fold.Bytes)];
    volatile Regex? regex;

    public override int Cost => 200;

    public override bool Test(EventValues values, int cell) => Possible(values, cell) && (regex ??= Regexes.Compile(test)).IsMatch(values.Chars(cell));

    // Looking for a literal is a hundred times cheaper than running the automaton.
    bool Possible(EventValues values, int cell)
    {
        if (literals.Length == 0) return true;
        var value = values.Folded(cell);
        foreach (var literal in literals)
            if (value.IndexOf(literal) >= 0) return true;
        return false;
    }
}

sealed class CidrMatcher(Network network) : Matcher
{
    public override int Cost => 6;
    public override bool Test(EventValues values, int cell) => Address.TryParse(values.Value(cell), out var address) && network.Contains(address);
}

sealed class CompareMatcher(CompareOp op, Number number) : Matcher
{
    public override int Cost => 4;

    public override bool Test(EventValues values, int cell)
    {
        if (!Number.TryParse(values.Value(cell), out var value)) return false;
        var order = value.CompareTo(number);
        return op switch
        {
            CompareOp.Lt => order < 0,
            CompareOp.Lte => order <= 0,
            CompareOp.Gt => order > 0,
            CompareOp.Gte => order >= 0,
            CompareOp.Eq => order == 0,
            _ => order != 0,
        };
    }
}

/// <summary>Compares with every member of another field of the same event.</summary>
sealed class FieldRefMatcher(FieldSlot other, FieldCompare compare, bool cased) : Matcher
{
    public override int Cost => 8;

    public override bool Test(EventValues values, int cell)
    {
        for (var at = values.First(other); at >= 0; at = values.Next(at))
        {
            if (values.Kind(at) == ValueKind.Null) continue;
            // Both folded before either is read: folding may move the buffer.
            if (!cased) { values.Folded(at); values.Folded(cell); }
            var mine = values.Value(cell, cased);
            var theirs = values.Value(at, cased);
            var met = compare switch
            {
                FieldCompare.StartsWith => mine.StartsWith(theirs),
                FieldCompare.EndsWith => mine.EndsWith(theirs),
                FieldCompare.Contains => mine.IndexOf(theirs) >= 0,
                _ => mine.SequenceEqual(theirs),
            };
            if (met) return true;
        }
        return false;
    }
}

/// <summary>A part of a time as it is written (ISO 8601), no zone conversion.</summary>
sealed class TimePartMatcher(TimePart part, CompareOp op, long wanted) : Matcher
{
    public override int Cost => 6;

    public override bool Test(EventValues values, int cell)
    {
        var text = values.Value(cell);
        if (text.Length < 10 || text[4] != '-' || text[7] != '-' || !Digits(text[..4], out var year) || !Digits(text.Slice(5, 2), out var month) || !Digits(text.Slice(8, 2), out var day)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        int hour = -1, minute = -1;
        if (text.Length >= 16 && (text[10] is (byte)'T' or (byte)'t' or (byte)' ') && text[13] == ':' && Digits(text.Slice(11, 2), out var h) && Digits(text.Slice(14, 2), out var m) && h < 24 && m < 60) (hour, minute) = (h, m);
        var value = part switch
        {
            TimePart.Year => year,
            TimePart.Month => month,
            TimePart.Day => day,
            TimePart.Week => System.Globalization.ISOWeek.GetWeekOfYear(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified)),
            TimePart.Hour => hour,
            _ => minute,
        };
        return value >= 0 && new Bound(op, wanted).Holds(value);
    }

    static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9') return false;
            value = value * 10 + (c - '0');
        }
        return true;
    }
}

/// <summary>Makes the plainest matcher that a value's test allows.</summary>
static class MatcherFactory
{
    public static IEnumerable<Matcher> Make(ValueTest test, Func<string, FieldSlot> slot)
    {
        switch (test)
        {
            case PatternTest pattern:
                yield return Make(pattern);
                break;
            case NumberTest number:
                yield return new ExactMatcher(Fold.Bytes(number.Source), cased: false);
                if (number.Canonical != number.Source) yield return new ExactMatcher(Fold.Bytes(number.Canonical), cased: false);
                break;
            case RegexTest regex:
                yield return new RegexMatcher(regex);
                break;
            case CidrTest cidr:
                yield return new CidrMatcher(cidr.Network);
                break;
            case CompareTest compare:
                yield return new CompareMatcher(compare.Op, compare.Number);
                break;
            case FieldRefTest reference:
                yield return new FieldRefMatcher(slot(reference.Field), reference.Compare, reference.Cased);
                break;
            case TimePartTest time:
                yield return new TimePartMatcher(time.Part, time.Op, time.Value);
                break;
            case ListTest list:
                yield return new ListMatcher(list);
                break;
            default:
                throw new InvalidOperationException($"No matcher for {test.GetType().Name}.");
        }
    }

    public static Matcher Make(PatternTest test)
    {
        var pieces = test.Pattern.Pieces;
        byte[] Bytes(Piece piece) => test.Cased ? System.Text.Encoding.UTF8.GetBytes(piece.Text) : Fold.Bytes(piece.Text);
        return pieces switch
        {
            [] => new ExactMatcher([], test.Cased),
            [{ Kind: PieceKind.Any }] => new AnyMatcher(),
            [{ Kind: PieceKind.Literal } only] => new ExactMatcher(Bytes(only), test.Cased),
            [{ Kind: PieceKind.Literal } start, { Kind: PieceKind.Any }] => new PrefixMatcher(Bytes(start), test.Cased),
            [{ Kind: PieceKind.Any }, { Kind: PieceKind.Literal } end] => new SuffixMatcher(Bytes(end), test.Cased),
            [{ Kind: PieceKind.Any }, { Kind: PieceKind.Literal } inner, { Kind: PieceKind.Any }] => new ContainsMatcher(Bytes(inner), test.Cased),
            _ => new GlobMatcher(new(test.Pattern, test.Cased), test.Cased),
        };
    }
}
