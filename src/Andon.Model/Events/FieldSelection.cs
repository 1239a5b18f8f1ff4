namespace Andon.Model;

/// <summary>Judges a field name that <see cref="FieldNames"/> does not know. Must answer the same for the same name.</summary>
public delegate bool NameRule(ReadOnlySpan<byte> name);

/// <summary>
/// The fields that a reader of events looks at, so that a batch made for it need not hold the others. Never changes once made, and is
/// told apart by reference: make it once a rule set, not once a batch.
/// </summary>
public sealed class FieldSelection
{
    /// <summary>Leaves nothing out.</summary>
    public static readonly FieldSelection Everything = new();

    readonly bool[] wanted = [];
    readonly NameRule? other;

    FieldSelection() { }

    /// <param name="wanted">Fields that the reader names.</param>
    /// <param name="other">Judges names that are not interned (they stand in a log line only), and those interned after this was made; null leaves them out.</param>
    public FieldSelection(IEnumerable<FieldId> wanted, NameRule? other = null)
    {
        this.other = other ?? (_ => false);
        this.wanted = new bool[FieldNames.Count];
        foreach (var field in wanted) this.wanted[field.Value] = true;
    }

    public bool IsEverything => other is null;

    /// <summary>Is that interned field wanted?</summary>
    public bool Wants(FieldId field) => (uint)field.Value < (uint)wanted.Length ? wanted[field.Value] : WantsOther(FieldNames.Utf8(field));

    /// <summary>Is that field wanted, whose name is not interned?</summary>
    public bool WantsOther(ReadOnlySpan<byte> name) => other is null || other(name);

    /// <summary>Is that cell's field wanted?</summary>
    public bool Wants(EventBatch batch, FieldId field) => field.Value >= 0 ? Wants(field) : WantsOther(batch.NameUtf8(field));
}
