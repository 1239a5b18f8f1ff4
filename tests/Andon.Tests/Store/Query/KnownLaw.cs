using System.Globalization;
using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Tests.Store.Query;

/// <summary>
/// Two programs say what a case is: Triage's fold in memory, and the SQL behind the table Cases. Any sequence of facts that the house may write
/// means the same to both, also where merges give an owner and a lane and their undoing takes them back.
/// </summary>
public sealed class KnownLaw
{
    static readonly PriorityWhy Why = new(1, 1, 1, 1, 0, [], []);
    static readonly JoinReason Reason = new("host:web01", "s1", 0, 1, "same host");
    static readonly Lane[] Lanes = [Lane.New, Lane.Triage, Lane.Investigate, Lane.Contain, Lane.Recover, Lane.Validate];

    /// <summary>Facts as the house writes them: each is allowed by what the state is when it comes.</summary>
    sealed class World(int seed)
    {
        readonly Random random = new(seed);
        readonly List<FactBody> facts = [];
        int signals, cases, moves;

        public TriageState State { get; } = new();
        public IReadOnlyList<FactBody> Facts => facts;

        void Say(FactBody body)
        {
            facts.Add(body);
            State.Apply(new(facts.Count, EventMaker.Noon + facts.Count, "user:anna", "", body));
        }

        T Any<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

        string OpenCase()
        {
            var id = $"c{++cases}";
            Say(new CaseOpened(id, cases, $"Case {cases}", Any<string>(["identity", "web"]), random.Next(2) == 0));
            return id;
        }

        void Signal(string caseId)
        {
            var (id, host) = ($"s{++signals}", $"h{random.Next(4)}");
            Say(new SignalOpened(id, $"r{random.Next(5)}", "A rule", Level.High, $"host:{host}", [new(EntityKind.Host, host), new(EntityKind.User, $"u{random.Next(6)}")], [], [], $"{signals}.0", "src", EventMaker.Noon, 1, 0.5, 0.25, 0.7));
            Say(new SignalJoined(caseId, id, null));
        }

        public void Step()
        {
            var open = State.OpenCases().ToList();
            if (open.Count == 0 || random.Next(6) == 0)
            {
                Signal(OpenCase());
                return;
            }
            var c = Any(open);
            switch (random.Next(11))
            {
                case 0: Signal(c.Id); break;
                case 1 when c.Signals.Count > 0: Say(new SignalRepeated(Any(c.Signals).Id, random.Next(2, 50), EventMaker.Noon + 1, "9.0")); break;
                case 2: Say(new CardPulled(c.Id, Any<string>(["bob", "eve"]), null)); break;
                case 3 when c.Owner is not null: Say(new CardMoved(c.Id, c.Lane, Any(Lanes), "")); break;
                case 4 or 5 when open.Count > 1 && Any(open) is var into && into != c: Say(new CaseMerged(c.Id, into.Id, Reason)); break;
                case 6 or 7 when State.Cases.Where(m => m.MergedInto is not null && State.Surviving(m.Id)!.Open).ToList() is { Count: > 0 } merged:
                    var part = Any(merged);
                    Say(new CaseUnmerged(part.Id, State.Surviving(part.Id)!.Id, "not its story"));
                    break;
                case 8 when c.Signals.Count > 1: // Some of it becomes a case of its own.
                    var leaving = c.Signals.Take(random.Next(1, c.Signals.Count)).Select(s => s.Id).ToList();
                    var from = c.Id;
                    Say(new SignalsMoved($"m{++moves}", from, OpenCase(), Regrouping.Split, leaving, [], "its own story"));
                    break;
                case 9 when random.Next(2) == 0: Say(new CaseClosed(c.Id, Any(Enum.GetValues<Verdict>()), ["mfa"], "TA0001", "internal.detection", "seen", random.Next(60))); break;
                case 10 when State.Cases.Where(d => d.Closed is not null && d.MergedInto is null).ToList() is { Count: > 0 } closed: Say(new CaseReopened(Any(closed).Id, "again")); break;
                default: Say(random.Next(2) == 0 ? new CaseNoted(c.Id, "a note") : new PriorityShifted(c.Id, 1, random.Next(1, 100), "more", Why)); break;
            }
        }

        public string View() => string.Join('\n', State.Cases.Select(c =>
        {
            var merged = c.MergedInto is not null;
            var signals = merged ? [] : c.Signals;
            var closed = c.Closed;
            return string.Join(", ",
                c.Id, c.Number.ToString(CultureInfo.InvariantCulture), c.Domain, merged ? "merged" : closed is not null ? "closed" : "open", merged ? "" : c.Lane.ToString().ToLowerInvariant(), c.Owner ?? "",
                merged ? State.Surviving(c.Id)!.Id : "", signals.Count, signals.Sum(s => s.Count), string.Join('+', signals.Select(s => s.Opened.RuleId).Distinct().Order(StringComparer.Ordinal)),
                string.Join('+', signals.SelectMany(s => s.Entities).Select(e => $"{e.Kind.ToString().ToLowerInvariant()}:{e.Value}").Distinct().Order(StringComparer.Ordinal)),
                c.Notes.Count, closed is null ? "" : JsonName(closed.Verdict), closed?.EffortMinutes ?? 0, (c.History.Count == 0 ? 0 : c.History[^1].To).ToString(CultureInfo.InvariantCulture));
        }));

        static string JsonName(Verdict verdict) => char.ToLowerInvariant(verdict.ToString()[0]) + verdict.ToString()[1..];
    }

    const string Kql = "Cases | sort by number asc | project case_id, number, domain, state, lane, owner, merged_into, signals, alerts, strcat_array(rules, '+'), strcat_array(entities, '+'), notes, verdict, effort_minutes, priority";

    [Fact]
    public async Task The_table_of_cases_is_what_the_fold_says()
    {
        var nightly = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1";
        for (var seed = 1; seed <= (nightly ? 200 : 8); seed++)
        {
            var world = new World(seed);
            var known = await KnownTests.Known.Make();
            var told = 0;
            for (var look = 0; look < 3; look++)
            {
                for (var i = 0; i < 35; i++) world.Step();
                await known.Say([.. world.Facts.Skip(told)]);
                told = world.Facts.Count;
                var rows = (await known.Rows(Kql)).Replace("; ", "\n", StringComparison.Ordinal);
                if (rows != world.View()) Assert.Fail($"Seed {seed}, after {told} facts:\n{Differences(world.View(), rows)}\nof\n{string.Join('\n', world.Facts.Where(f => f is CaseMerged or CaseUnmerged or CardPulled or CardMoved or CaseClosed or CaseReopened).Select(f => f.ToString()))}");
            }
        }
    }

    static string Differences(string fold, string table) =>
        string.Join('\n', fold.Split('\n').Zip(table.Split('\n')).Where(p => p.First != p.Second).Select(p => $"fold  {p.First}\ntable {p.Second}"));
}
