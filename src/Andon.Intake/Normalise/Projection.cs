using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// A selection of fields and what must be read besides to get those right: fields whose presence decides about others, values that
/// others are made of. Holds for the names that are interned when a batch is begun.
/// </summary>
sealed class Projection
{
    readonly FieldSelection only;
    readonly LeafUse[] uses;

    public Projection(FieldSelection only, WindowsTables windows, int knownNames)
    {
        this.only = only;
        KnownNames = knownNames;
        uses = new LeafUse[knownNames];
        // What a skipped part would have said of itself must not be lost, so then nothing is skipped.
        Whole = only.IsEverything || only.Wants(Ecs.AndonFindings);
        Related = Whole || Normalise.Related.Kinds.Any(only.Wants);
        Narrows = !only.IsEverything && Related;
        for (var id = 0; id < knownNames; id++)
            if (Whole || only.Wants(new(id)) || (Related && Normalise.Related.Collects(new(id)))) uses[id] = LeafUse.Keep;
        windows.Complete(uses);
        Outcome = (uses[Ecs.EventOutcome.Value] & LeafUse.Keep) != 0;
    }

    public int KnownNames { get; }
    /// <summary>Every leaf is read and every cell made.</summary>
    public bool Whole { get; }
    /// <summary>Somebody wants <c>related.*</c>.</summary>
    public bool Related { get; }
    /// <summary>More cells are made than are wanted; they are taken out at the event's end.</summary>
    public bool Narrows { get; }
    /// <summary>Somebody wants to know how an audited act ended.</summary>
    public bool Outcome { get; }
    public FieldSelection Only => only;

    /// <summary>What is done with leaves of that field.</summary>
    public LeafUse Use(FieldId field) => (uint)field.Value < (uint)uses.Length ? uses[field.Value] : Whole || only.Wants(field) ? LeafUse.Keep : LeafUse.None;

    /// <summary>Does the event get a cell of that interned field?</summary>
    public bool Keeps(FieldId field) => (Use(field) & LeafUse.Keep) != 0;

    /// <summary>Does it get a cell of a field that has this name and is not interned?</summary>
    public bool KeepsOther(ReadOnlySpan<byte> name) => Whole || only.WantsOther(name);
}
