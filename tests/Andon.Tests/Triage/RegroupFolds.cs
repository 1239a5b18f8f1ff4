using Andon.Detect.RuleBook;
using Andon.Measure.Vectors;
using Andon.Model;
using Andon.Respond.Runs;
using Andon.Store.Facts;
using Andon.Store.Keep.Retention;

namespace Andon.Tests.Triage;

/// <summary>Rooms that fold which signal is in which case: a merge, an unmerge and a move lead them all to the same.</summary>
public class RegroupFolds
{
    static readonly JoinReason Tie = new("host:a", "s1", 0, 1, "x");

    static SignalOpened Signal(string id, string rule, string host, long at) => new(id, rule, rule, Level.High, "host:" + host,
        [new(EntityKind.Host, host, EntityRole.Target)], [], [], id + "/r", "src", at, 0.5, 0.5, 1, 0.7);

    // c1: s1 s2; c2: s3; merged, and s4 joins what they are together.
    static readonly FactBody[] Merged =
    [
        Signal("s1", "r1", "web01", 1000), Signal("s2", "r2", "web02", 2000), Signal("s3", "r3", "db01", 500), Signal("s4", "r4", "db02", 4000),
        new CaseOpened("c1", 1, "t", "endpoint", false), new SignalJoined("c1", "s1", null), new SignalJoined("c1", "s2", Tie),
        new CaseOpened("c2", 2, "t", "endpoint", false), new SignalJoined("c2", "s3", null),
        new CaseMerged("c2", "c1", Tie), new SignalJoined("c1", "s4", Tie),
    ];

    static readonly FactBody[] Parted =
    [
        .. Merged, new CaseUnmerged("c2", "c1", "no"), new SignalsMoved("m1", "c1", "c2", Regrouping.WentAlong, ["s4"], [], "no"),
        new CaseOpened("c3", 3, "t", "endpoint", false), new SignalsMoved("m2", "c1", "c3", Regrouping.Split, ["s2"], [], "no"),
    ];

    static IEnumerable<Fact> Facts(IEnumerable<FactBody> bodies) => bodies.Select((b, i) => new Fact(i + 1, 10_000 + i, "andon:triage", "t", b));

    [Fact]
    public void Respond_sees_the_signals_of_each_case()
    {
        static Dictionary<string, string> Seen(FactBody[] bodies)
        {
            var book = new CaseBook();
            foreach (var fact in Facts(bodies)) book.Apply(fact);
            return new[] { "c1", "c2", "c3" }.ToDictionary(c => c, c => string.Join(' ', book.Find(c)?.Signals.Select(s => s.SignalId).Order() ?? (IEnumerable<string>)[]));
        }
        Assert.Equal("s1 s2 s3 s4", Seen(Merged)["c1"]);
        Assert.Equal("s1 s2 s3 s4", Seen(Merged)["c2"]);
        Assert.Equal(new() { ["c1"] = "s1", ["c2"] = "s3 s4", ["c3"] = "s2" }, Seen(Parted));
    }

    [Fact]
    public void Detect_counts_a_verdict_for_the_rules_that_are_in_the_case_then()
    {
        static string True(FactBody[] bodies)
        {
            var verdicts = new CaseVerdicts();
            foreach (var body in bodies) verdicts.Apply(body);
            return string.Join(' ', new[] { "r1", "r2", "r3", "r4" }.Select(r => verdicts.Of(r, []).TruePositive));
        }
        var closed = new CaseClosed("c1", Verdict.TruePositive, ["x"], null, "internal.detection", "x", 1);
        Assert.Equal("1 1 1 1", True([.. Merged, closed]));
        Assert.Equal("1 0 0 0", True([.. Parted, closed]));
        Assert.Equal("0 0 1 1", True([.. Parted, closed with { CaseId = "c2" }]));
        // Reopened, parted, closed again: the verdict is about what is left.
        Assert.Equal("1 0 0 0", True([.. Merged, closed, new CaseReopened("c1", "x"), .. Parted[Merged.Length..], closed]));
        Assert.Equal("0 0 0 0", True([.. Parted, closed with { Verdict = Verdict.Undecided, Discovery = Discoveries.ExpiredUnworked }]));
    }

    [Fact]
    public void Measure_times_each_case_by_its_own_signals()
    {
        static Dictionary<string, (long?, string)> Rows(FactBody[] bodies)
        {
            var ledger = new Ledger();
            foreach (var fact in Facts(bodies)) ledger.Apply(fact);
            return ledger.Look().Cases.ToDictionary(c => c.CaseId, c => (c.OccurredMs, string.Join(' ', c.Rules.Order())));
        }
        Assert.Equal(new() { ["c1"] = (500, "r1 r2 r3 r4") }, Rows(Merged));
        Assert.Equal(new() { ["c1"] = (1000, "r1"), ["c2"] = (500, "r3 r4"), ["c3"] = (2000, "r2") }, Rows(Parted));
    }

    [Fact]
    public void A_case_that_expired_unworked_was_never_engaged()
    {
        var ledger = new Ledger();
        foreach (var fact in Facts([.. Merged, new CaseClosed("c1", Verdict.Undecided, [], null, Discoveries.ExpiredUnworked, "x", 0)])) ledger.Apply(fact);
        var row = Assert.Single(ledger.Look().Cases);
        Assert.NotNull(row.ClosedMs);
        Assert.Null(row.EngagedMs);
        Assert.False(row.Decided);
    }

    [Fact]
    public async Task A_legal_hold_of_a_case_covers_the_signals_that_are_in_it()
    {
        static async Task<string> Hosts(FactBody[] bodies, string caseId)
        {
            var log = new MemoryFactLog(TimeProvider.System);
            await log.Append([.. bodies.Select(b => new FactDraft("andon:triage", "t", b))], [], default);
            return string.Join(' ', (await CaseScope.Of(caseId, log, default))?.Hosts ?? []);
        }
        Assert.Equal("db01 db02 web01 web02", await Hosts(Merged, "c1"));
        Assert.Equal("db01 db02 web01 web02", await Hosts(Merged, "c2"));
        Assert.Equal("web01", await Hosts(Parted, "c1"));
        Assert.Equal("db01 db02", await Hosts(Parted, "c2"));
        Assert.Equal("web02", await Hosts(Parted, "c3"));
    }
}
