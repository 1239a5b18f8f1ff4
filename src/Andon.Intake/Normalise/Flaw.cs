namespace Andon.Intake.Normalise;

/// <summary>What can be wrong with a record. Bad bytes are data: the event stands, with these beside it.</summary>
enum Flaw
{
    InvalidUtf8, Oversized, CutOff, Nul, Empty,
    JsonBroken, JsonDeep, JsonLeaves, JsonDuplicate, JsonSurrogate, PathLong, HostileName,
    PriMissing, PriBad, HeaderBad, SdBad,
    TimeBad, TimeFuture, TimeUnstorable,
    LineUnknown, MessageLong, BundleLong, BundleWide,
    ParseFailed,
}

static class Flaws
{
    public static readonly string[] Texts = new string[Enum.GetValues<Flaw>().Length];

    static Flaws()
    {
        Say(Flaw.InvalidUtf8, "INT101 Bytes that are not UTF-8 were replaced in the fields; the raw record has them.");
        Say(Flaw.Oversized, "INT102 The frame was longer than the listener's limit and was kept up to it.");
        Say(Flaw.CutOff, "INT103 The connection ended or stalled inside this frame.");
        Say(Flaw.Nul, "INT104 The record holds NUL bytes.");
        Say(Flaw.Empty, "INT105 The record is empty.");
        Say(Flaw.JsonBroken, "INT111 The JSON is broken; fields before the break are kept.");
        Say(Flaw.JsonDeep, "INT112 The JSON is nested deeper than the limit; the deep part is one field of text.");
        Say(Flaw.JsonLeaves, "INT113 The record has more fields than the limit; the rest stands in the raw record only.");
        Say(Flaw.JsonDuplicate, "INT114 A name occurs twice in the record; both values are kept.");
        Say(Flaw.JsonSurrogate, "INT115 Half of a surrogate pair was replaced.");
        Say(Flaw.PathLong, "INT116 A field name was longer than the limit and was shortened.");
        Say(Flaw.HostileName, "INT117 The record uses names that are Andon's own; they stand under hostile.");
        Say(Flaw.PriMissing, "INT121 The syslog message has no priority.");
        Say(Flaw.PriBad, "INT122 The syslog priority is not a number from 0 to 191.");
        Say(Flaw.HeaderBad, "INT123 The syslog header is not RFC 5424 although it says so.");
        Say(Flaw.SdBad, "INT124 The structured data of the syslog message is broken.");
        Say(Flaw.TimeBad, "INT131 The time in the record cannot be read; the time of arrival stands for it.");
        Say(Flaw.TimeFuture, "INT132 The event's time lies more than a day after its arrival: a clock is wrong.");
        Say(Flaw.TimeUnstorable, "INT133 The event's time cannot be stored; the time of arrival stands for it.");
        Say(Flaw.LineUnknown, "INT141 The parser does not know this form of its records; what it could tell is kept.");
        Say(Flaw.MessageLong, "INT320 The message that the template makes is longer than the limit and was cut off there; its values are kept.");
        Say(Flaw.BundleLong, "INT250 The record holds more events than the limit; the rest stand in the raw record only.");
        Say(Flaw.BundleWide, "INT295 What is wrapped around the record's events is too long to stand with each of them: it stays one event.");
        Say(Flaw.ParseFailed, "INT199 The parser failed on this record; only the raw record is kept.");
    }

    public static string Code(Flaw flaw) => Texts[(int)flaw][..6];

    static void Say(Flaw flaw, string text) => Texts[(int)flaw] = text;
}
