using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Operators;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query;

public sealed partial class QueryEngine
{
    /// <summary>How a query would be run, without running it. Throws <see cref="QueryRefusedException"/> where it cannot be read.</summary>
    public async ValueTask<ExplainAnswer> Explain(SearchAsk ask, CancellationToken stop)
    {
        var limit = Bounded(ask);
        var faults = new Faults(ask.Kql);
        var statement = Parser.Parse(ask.Kql, faults);
        var compiler = new Compiler(faults, new(clock.NowMs(), ask.FromMs, ask.ToMs, limit) { Sight = Seen(null) });
        var compiled = compiler.Compile(statement) ?? throw new QueryRefusedException(faults.All);
        var tests = Explainer.Tests(compiler);
        var bounded = ask.FromMs is not null || compiler.TimeBounded || statement.Body.Source is PrintSource;
        if (!bounded) faults.Warn("KQL061", 0, "No time range bounds this search; everything kept is read.", "Choose a range, or begin with where timestamp > ago(1d).");
        var chosen = new List<ExplainedIndex>();
        try
        {
            var told = await store.Query($"EXPLAIN indexes = 1 {compiled.Sql}", compiled.Parameters, QueryLimits.Standard, stop);
            chosen = Explainer.Chosen(told.Rows.Select(r => (string?)r[0] ?? ""));
        }
        catch (EngineException away)
        {
            faults.Note("KQL095", 0, $"What the indexes leave to read is not known: {away.AsFinding().Message}", "Ask again when the event store is up; the rest holds.");
        }
        return new(
            statement.ToString(), [.. statement.Body.Operators.Select(o => Shown(o.Print)).Prepend(Shown(statement.Body.Source.Print))], tests, Explainer.Columns(compiled.Sql),
            [.. tests.Select(t => t.Index).OfType<string>().Distinct()], bounded, chosen, faults.All);
    }

    static string Shown(Action<Printer> print)
    {
        var to = new Printer();
        print(to);
        return to.ToString();
    }
}
