using System.Globalization;

namespace Andon.Model;

/// <summary>
/// Names an event by the position of its record and its number within that record (a record such as a CloudTrail file holds many).
/// 52 bits of position, 12 bits of number. Prints as <c>position.number</c>.
/// </summary>
public readonly record struct EventId(ulong Value) : IComparable<EventId>
{
    /// <summary>Most events that one record may hold; a parser that finds more says so in a finding.</summary>
    public const int PerRecordMax = 1 << 12;

    public static EventId At(ulong position, int number) => new((position << 12) | (uint)number);

    public ulong Position => Value >> 12;
    public int Number => (int)(Value & (PerRecordMax - 1));

    public int CompareTo(EventId other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Position}.{Number}");

    public static bool TryParse(ReadOnlySpan<char> text, out EventId id)
    {
        id = default;
        var dot = text.IndexOf('.');
        if (dot < 0 || !ulong.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var position)) return false;
        if (!int.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        if (number >= PerRecordMax || position >= 1UL << 52) return false;
        id = At(position, number);
        return true;
    }
}
