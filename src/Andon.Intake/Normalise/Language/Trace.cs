using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>Where a part of a parser stands: the file and its line.</summary>
readonly record struct Place(string File, long Line);

/// <summary>
/// Watches the run of a compiled parser over one record: after each step it takes note of the cells that came with it. Only a preview has
/// one; everywhere else <see cref="EventDraft.Trace"/> is null, and a step costs one look at that.
/// </summary>
sealed class Trace(EventDraft draft)
{
    sealed class Entry(string parser, string part, Place at)
    {
        public string Parser => parser;
        public string Part => part;
        public Place At => at;
        public ParserOutcome Outcome = ParserOutcome.Read;
        public LineForm? Form;
        public List<int> From = [];
    }

    const int Record = 0, Andon = 1;

    readonly List<Entry> entries = [new("", "record", default), new("", "andon", default)];
    // Whose each cell of the event is, in the order of the cells.
    readonly List<(int Entry, Place At)> owners = [];
    // Pieces up to a number were put by a step.
    readonly List<(int To, int Entry)> cuts = [];
    int current, timed = -1;
    Place at;
    Parser? parser;

    /// <summary>A parser begins on the record; pieces that there are already are no step's.</summary>
    public void Begin(Parser begun)
    {
        Collect();
        parser = begun;
        cuts.Clear();
        cuts.Add((draft.Pieces.Count, Record));
        (current, at) = (Record, default);
        if (timed < 0 && draft.TimeKnown) timed = Record;
    }

    /// <summary>A step begins; what comes from here on is its own.</summary>
    /// <param name="keys">Keys of the pieces that it reads.</param>
    public void Turn(string part, Place place, params ReadOnlySpan<int> keys)
    {
        Collect();
        (current, at) = (entries.Count, place);
        var entry = new Entry(parser?.Name ?? "", part, place);
        entries.Add(entry);
        foreach (var key in keys)
        {
            if (key < 0 || !draft.Pieces.TryGet(key, out _)) continue;
            foreach (var number in draft.Pieces.Numbers(key))
                if (cuts.Find(c => c.To >= number).Entry is > Record and var from && !entry.From.Contains(from)) entry.From.Add(from);
        }
    }

    /// <summary>From here on another line of the same step gives.</summary>
    public void At(Place place)
    {
        Collect();
        if (current > Andon) at = place;
    }

    /// <summary>This form of the step's lines fitted, and gave what came since.</summary>
    public void Fitted(LineForm form)
    {
        entries[current].Form = form;
        at = form.At;
        Collect();
    }

    public void Timed() => timed = current;

    /// <summary>The step is over.</summary>
    /// <param name="otherwise">What to say of it when it gave no field.</param>
    public void Done(ParserOutcome otherwise)
    {
        Collect();
        cuts.Add((draft.Pieces.Count, current));
        entries[current].Outcome = timed == current || owners.Exists(o => o.Entry == current) ? ParserOutcome.Gave : otherwise;
        (current, at) = (Record, default);
    }

    /// <summary>All that Andon adds itself comes from here on.</summary>
    public void Finish()
    {
        Collect();
        if (timed < 0 && draft.TimeKnown) timed = Record;
        (current, at) = (Andon, default);
    }

    /// <summary>The cells of a field go; called before they do.</summary>
    public void TakenOut(FieldId field)
    {
        Collect();
        var cells = draft.Batch[draft.Batch.Count - 1].Cells;
        for (var i = cells.Length - 1; i >= 0; i--)
            if (cells[i].Name == field) owners.RemoveAt(i);
    }

    /// <summary>The run ended with an error of its own; the event is made anew without a parser.</summary>
    public void Failed()
    {
        entries[current].Outcome = ParserOutcome.Failed;
        owners.Clear();
        (current, at, timed, parser) = (Andon, default, -1, null);
    }

    void Collect()
    {
        for (var count = draft.Batch[draft.Batch.Count - 1].Cells.Length; owners.Count < count;) owners.Add((current, at));
    }

    /// <summary>The steps in the order in which they ran, each with its fields.</summary>
    public IReadOnlyList<ParserStep> Steps()
    {
        Collect();
        var fields = entries.ConvertAll(_ => new List<ParserStepField>());
        var view = draft.Batch[draft.Batch.Count - 1];
        // Where no step told the time, it is that of the arrival.
        fields[timed < 0 ? Andon : timed].Add(FieldOf("@timestamp", timed < 0 ? default : entries[timed].At));
        var head = parser is not null && draft.Parser == parser.Id ? parser : null;
        for (var i = 0; i < owners.Count; i++)
        {
            var (entry, place) = owners[i];
            var name = Encoding.UTF8.GetString(view.Name(view.Cells[i]));
            if (entry == Andon && head is not null)
            {
                if (name == "event.dataset") place = head.DatasetAt;
                else if (name == "event.module") place = head.ModuleAt;
                else if (name == "andon.parser") place = head.NameAt;
            }
            var field = FieldOf(name, place);
            if (!fields[entry].Contains(field)) fields[entry].Add(field);
        }
        return [.. entries.Select((e, i) => new ParserStep(e.Parser, e.Part, FileOf(e.At), (int)e.At.Line, i <= Andon ? fields[i].Count > 0 ? ParserOutcome.Gave : ParserOutcome.Read : e.Outcome, e.Form?.Written, (int)(e.Form?.At.Line ?? 0), fields[i], e.From))];
    }

    static ParserStepField FieldOf(string name, Place place) => new(name, FileOf(place), (int)place.Line);

    // The text that is tried is the one that the reader has before him.
    static string FileOf(Place place) => place.File is null or "trial" ? "" : place.File;
}

/// <summary>Why a step that gave no field gave none; asked only where a run is watched.</summary>
static class Reasons
{
    public static ParserOutcome Of(Mapping mapping, EventDraft draft) =>
        !draft.Pieces.Has(mapping.Key) ? ParserOutcome.Absent
        : !mapping.When.Holds(draft) ? ParserOutcome.Condition
        : draft.Has(mapping.Field) ? ParserOutcome.Taken : ParserOutcome.Value;

    public static ParserOutcome Of(ValueTable table, EventDraft draft) =>
        !table.When.Holds(draft) ? ParserOutcome.Condition
        : !Array.Exists(table.Keys, k => draft.Pieces.TryGet(k, out var piece) && piece.Length > 0) ? ParserOutcome.Absent : ParserOutcome.Row;

    public static ParserOutcome Of(TimeRule time, EventDraft draft) =>
        Array.Exists(time.Keys, k => !draft.Pieces.TryGet(k, out var piece) || piece.Length == 0) ? ParserOutcome.Absent : ParserOutcome.Value;

    public static ParserOutcome Of(Enrichment look, EventDraft draft) => !draft.Pieces.Has(look.Key) ? ParserOutcome.Absent : ParserOutcome.Row;
}
