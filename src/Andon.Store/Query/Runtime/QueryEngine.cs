using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Known;
using Andon.Store.Query.Operators;
using Andon.Store.Query.Parsing;
using Andon.Store.Query.Runtime;
using Andon.Store.Query.Slices;

namespace Andon.Store.Query;

/// <summary>Thrown when a query cannot run: all its findings, or the engine's one.</summary>
public sealed class QueryRefusedException(IReadOnlyList<Finding> findings) : Exception(findings.Count > 0 ? findings[0].ToString() : "The query was refused.")
{
    public IReadOnlyList<Finding> Findings { get; } = findings;
    /// <summary>True when the same query may succeed later: the engine was away or over its limits.</summary>
    public bool Passing { get; init; }
}

/// <summary>Answers queries: reads, compiles, runs, and says how whole the answer is.</summary>
public sealed partial class QueryEngine(EventStore store, TimeProvider clock)
{
    /// <summary>How long a search of what the house knows waits for facts that are on their way into its tables.</summary>
    static readonly TimeSpan FactsWait = TimeSpan.FromSeconds(2);

    /// <summary>Fills the tables of what the house knows; null where nothing does (tools, tests).</summary>
    internal FactMirror? Mirror { get; init; }
    internal Sights? Sights { get; init; }
    internal Sight Own => Sights?.Own ?? Sight.Nobody;

    internal Sight Seen(Sight? asked) => asked ?? Sights?.Least ?? Sight.Nobody;

    /// <summary>Runs a query. Throws <see cref="QueryRefusedException"/>.</summary>
    public ValueTask<SearchAnswer> Search(SearchAsk ask, CancellationToken stop) => Search(ask, SearchHow.Plain, stop);

    /// <summary>Runs a query for the program itself, with nothing masked: a check for an address finds nothing among pseudonyms, and would pass. Throws <see cref="QueryRefusedException"/>.</summary>
    public ValueTask<SearchAnswer> SearchOwn(SearchAsk ask, CancellationToken stop) => Search(ask, new SearchHow(Sight: Own), stop);

    internal async ValueTask<SearchAnswer> Search(SearchAsk ask, SearchHow how, CancellationToken stop)
    {
        var limit = Math.Min(Bounded(ask), how.Held?.Budget.RowsMax ?? Limits.RowsMax);
        var what = new CompileFor(clock.NowMs(), ask.FromMs, ask.ToMs, limit, how.ForeignAsEmpty) { Stretch = how.Stretch, Sight = Seen(how.Sight) };
        var (statement, compiler, compiled) = await Prepare(ask.Kql, ask.Values, what, (c, s) => c.Compile(s), how.Held, stop);
        var faults = compiler.Faults;
        var now = statement.Body.Source is TableSource { Name: var table } && Tables.All.TryGetValue(table, out var known) && known.Now;
        if (now && ask.FromMs is not null) faults.Note("KQL130", 0, "This is how things stand now: the range of time does not bound it.", "where opened > ago(1d), or where timestamp > ago(1d) for what changed since.");
        if (ask.FromMs is null && how.Stretch is null && !compiler.TimeBounded && !now && statement.Body.Source is not (PrintSource or Datatable or RangeSource))
            faults.Note("KQL061", 0, "No time range bounds this search; everything kept was read.", "Choose a range, or begin with where timestamp > ago(1d).");
        var behind = compiler.OfFacts && Mirror is not null ? await Mirror.Missing(FactsWait, stop) : 0;
        var answer = await Run(compiled, limit, stop, how.Held);
        var rows = new object?[answer.Rows.Count][];
        for (var i = 0; i < rows.Length; i++) rows[i] = Shown(answer.Rows[i], compiled.Columns);
        var state = (SearchState)answer.Stats.State;
        if (state == SearchState.Complete && compiled.Bounded && statement.Body.Operators.LastOrDefault(o => o is not Render) is Take && rows.Length == limit) state = SearchState.Limited;
        Note(faults, statement, state, answer, rows, compiled, limit);
        if (what.Sight.Mask is { } mask)
            faults.Note("KQL133", 0, $"Masked to you: {string.Join(", ", mask.Fields)}; the raw record and the message are withheld.", "The same value has the same pseudonym everywhere. Where you may, ask for them in clear and say why.");
        if (store is { Sampling.Any: true } && compiler.EventReads > 0) await NoteSampled(faults, ask, how, statement, compiler.EventReads, rows.Length, stop);
        if (behind > 0)
        {
            state = SearchState.Partial;
            faults.Warn("KQL131", 0, $"{behind} facts are not in the tables of what the house knows yet.", "Ask again in a moment; if it stays so, see the stage facts-table on the house page.");
        }
        return new(
            statement.ToString(), [.. compiled.Columns.Select(c => new SearchColumn(c.Name, c.Type.Name))], rows,
            new(rows.Length, answer.Stats.ScannedRows, answer.Stats.ScannedBytes, Math.Round(answer.Stats.ElapsedMs, 1), state), faults.All,
            statement.Body.Operators.OfType<Render>().LastOrDefault()?.Kind);
    }

    /// <summary>How many events of the query fall into each part of a time range. Throws <see cref="QueryRefusedException"/>.</summary>
    public ValueTask<HistogramAnswer> Histogram(string kql, long fromMs, long toMs, int buckets, CancellationToken stop) => Histogram(new(kql, fromMs, toMs, buckets), held: null, stop);

    internal async ValueTask<HistogramAnswer> Histogram(HistogramAsk ask, RunningSearches.Held? held, CancellationToken stop, Sight? sight = null)
    {
        var (kql, fromMs, toMs, buckets) = (ask.Kql, ask.FromMs, ask.ToMs, ask.Buckets);
        Bounded(new(kql, fromMs, toMs, 1));
        if (buckets is < 1 or > Limits.BucketsMax) throw new QueryRefusedException([new("KQL050", $"{buckets} buckets cannot be shown.", $"1 to {Limits.BucketsMax} (BucketsMax).", "/buckets")]);
        if (toMs <= fromMs) throw new QueryRefusedException([new("KQL050", "The range ends before it begins.", "toMs is greater than fromMs.", "/toMs")]);
        var bucketMs = Math.Max(1, (toMs - fromMs + buckets - 1) / buckets);
        var sources = SampledWithin(fromMs, toMs);
        var (_, compiler, compiled) = await Prepare(kql, ask.Values, new(clock.NowMs(), fromMs, toMs) { Sight = Seen(sight) }, (c, s) => c.CompileHistogram(s, fromMs, bucketMs, weigh: sources.Count > 0), held, stop);
        var answer = await Run(compiled, Limits.BucketsMax + 1, stop, held);
        var counts = new long[(toMs - fromMs + bucketMs - 1) / bucketMs];
        var stand = compiled.Columns.Count > 2 ? new long[counts.Length] : null;
        long sampled = 0;
        foreach (var row in answer.Rows)
        {
            var bucket = Of(row[0]);
            if (bucket < 0 || bucket >= counts.Length) continue;
            counts[bucket] = Of(row[1]);
            if (stand is null) continue;
            sampled += Of(row[2]);
            stand[bucket] = Of(row[3]);
        }
        if (stand is not null) SampledRows.Note(compiler.Faults, sources, sampled, counts.Sum(), stand.Sum());
        else if (sources.Count > 0 && compiler.EventReads > 0) SampledRows.NotWeighed(compiler.Faults, sources);
        return new(bucketMs, [.. counts.Select((n, i) => new HistogramBar(fromMs + i * bucketMs, n, stand is null || sampled == 0 ? null : stand[i]))], SampledRows.Of(compiler.Faults.All));
    }

    /// <summary>
    /// Compiles a query. Where only the data knows the columns (pivot, bag_unpack without a schema) a first bounded query asks for them, and
    /// the whole is compiled anew with the answer.
    /// </summary>
    async ValueTask<(Statement, Compiler, Compiled)> Prepare(string kql, IReadOnlyList<SearchValue>? values, CompileFor what, Func<Compiler, Statement, Compiled?> compile, RunningSearches.Held? held, CancellationToken stop)
    {
        var questions = new Questions();
        var partial = false;
        while (true)
        {
            var faults = new Faults(kql);
            var statement = SearchValues.Bind(Parser.Parse(kql, faults), values, faults);
            var compiler = new Compiler(faults, what) { Questions = questions };
            if (compile(compiler, statement) is { } compiled)
            {
                if (partial) faults.Warn("KQL083", 0, "The first query, for the names of columns, was stopped before its end: columns may be missing.", "Narrow the time range, or name the columns: … : (a:string, b:long).");
                return (statement, compiler, compiled);
            }
            if (faults.Any || questions.Open is not { } question) throw new QueryRefusedException(faults.All);
            if (questions.Answered >= Limits.QuestionsMax) throw new QueryRefusedException([new("KQL006", $"More than {Limits.QuestionsMax} first queries for the names of columns (QuestionsMax).", "Name the columns of pivot and bag_unpack: … : (a:string, b:long).")]);
            var answer = await Run(new(question.Sql, question.Parameters, [], Bounded: true), Limits.FoundColumnsMax + 1, stop, held);
            partial |= (SearchState)answer.Stats.State == SearchState.Partial;
            questions.Answer(answer.Rows.Select(r => (string?)r[0] ?? ""));
        }
    }

    static int Bounded(SearchAsk ask)
    {
        var wrong = new List<Finding>();
        if (ask.Limit is < 1 or > Limits.RowsMax) wrong.Add(new("KQL050", $"A limit of {ask.Limit} rows cannot be kept.", $"1 to {Limits.RowsMax} (RowsMax).", "/limit"));
        if (ask is { FromMs: { } from, ToMs: { } to } && to < from) wrong.Add(new("KQL050", "The range ends before it begins.", "toMs is greater than fromMs.", "/toMs"));
        return wrong.Count == 0 ? ask.Limit ?? Limits.RowsDefault : throw new QueryRefusedException(wrong);
    }

    async ValueTask<QueryAnswer> Run(Compiled compiled, int rowsMax, CancellationToken stop, RunningSearches.Held? held = null)
    {
        var budget = held?.Budget ?? SearchBudget.Standard;
        try
        {
            return await store.Query(held?.Mark + compiled.Sql, compiled.Parameters, new(RowsMax: rowsMax, TimeMsMax: budget.SecondsMax * 1000, MemoryBytesMax: budget.MemoryBytesMax, KeepPartial: true), stop);
        }
        catch (EngineException failed)
        {
            throw new QueryRefusedException([failed.AsFinding()]) { Passing = failed.Passing };
        }
    }

    static object?[] Shown(object?[] row, IReadOnlyList<AnswerColumn> columns)
    {
        var shown = new object?[columns.Count];
        for (var i = 0; i < shown.Length; i++) shown[i] = Values.Shown(row[i], columns[i].Type);
        return shown;
    }

    static void Note(Faults faults, Statement statement, SearchState state, QueryAnswer answer, object?[][] rows, Compiled compiled, int limit)
    {
        if (state == SearchState.Partial) faults.Warn("KQL060", 0, answer.Stats.Why ?? "The search was stopped before its end.", "Narrow the time range, or add a source or host.");
        else if (state == SearchState.Limited) faults.Note("KQL060", 0, $"There are more rows than the {limit} shown.", "Narrow the search, or summarize.");
        var last = statement.Body.Operators.LastOrDefault(o => o is Take or Sort or Top);
        if (last is Take && !statement.Body.Operators.Any(o => o is Sort)) faults.Note("KQL065", last.At, "take gives any rows: they have no order.", "sort by timestamp desc | take …, or top.");
        for (var i = 0; i < compiled.Columns.Count; i++)
        {
            if (compiled.Columns[i].Type.Kind != Kind.List) continue;
            foreach (var row in rows)
            {
                if (row[i] is not System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.Array } list || list.GetArrayLength() < Limits.SetItemsDefault) continue;
                faults.Warn("KQL064", 0, $"A list in `{compiled.Columns[i].Name}` reached {list.GetArrayLength()} items and may be cut (SetItemsDefault).", "Name a limit: make_set(x, 100000).");
                break;
            }
        }
    }

    // Single events -------------------------------------------------------------------------------------------

    /// <summary>Events by id, in the order asked; those not kept (any more) are left out. Throws <see cref="QueryRefusedException"/>.</summary>
    public ValueTask<IReadOnlyList<StoredEvent>> Events(IReadOnlyCollection<EventId> ids, CancellationToken stop) => Events(ids, null, stop);

    internal async ValueTask<IReadOnlyList<StoredEvent>> Events(IReadOnlyCollection<EventId> ids, Sight? sight, CancellationToken stop)
    {
        if (ids.Count == 0) return [];
        if (ids.Count > Limits.EventsByIdMax) throw new QueryRefusedException([new("KQL050", $"{ids.Count} events are too many at once.", $"{Limits.EventsByIdMax} at most (EventsByIdMax).", "/ids")]);
        var columns = Tables.All["Events"].Columns.Where(c => c.Name is not (Tables.BagName or Tables.RawName)).ToList();
        var texts = columns.Select(c => c.Type.Kind switch
        {
            Kind.DateTime => $"toString(toUnixTimestamp64Milli({c.Engine}))",
            Kind.Ip => SqlText.IpText(c.Engine, nullable: true, keepNull: false),
            Kind.List => $"toJSONString({c.Engine})",
            _ => $"ifNull(toString({c.Engine}), '')",
        });
        var values = new Parameters();
        var sql = $"SELECT id, raw, isValidUTF8(raw), {EventTables.WholeBag}, [{string.Join(", ", texts)}] FROM {Tables.All["Events"].Rows(values, Seen(sight))} WHERE id IN {{ids:Array(UInt64)}} LIMIT 1 BY id";
        var parameters = new Dictionary<string, string>(values.Values) { ["ids"] = QueryParameters.Array(ids.Select(i => i.Value)) };
        var answer = await Run(new(sql, parameters, [], Bounded: true), Limits.EventsByIdMax, stop);
        var found = answer.Rows.ToDictionary(r => new EventId(Convert.ToUInt64(r[0], System.Globalization.CultureInfo.InvariantCulture)), r => StoredEvents.Read(r, columns));
        return [.. ids.Distinct().Where(found.ContainsKey).Select(i => found[i])];
    }
}
