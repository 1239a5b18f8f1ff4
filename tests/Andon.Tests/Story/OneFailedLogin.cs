using System.Text.RegularExpressions;
using Andon.Host.Demo;
using Andon.Measure.Slices;
using Andon.Measure.Vectors;
using Andon.Model;
using Andon.Respond.Runs;
using Andon.Triage.Cases;

namespace Andon.Tests.Story;

/// <summary>
/// One failed login, from packet to KPI. An office has its ordinary weeks; on a Thursday someone guesses a password over SSH, makes an
/// account and plants a job. Every line below is what a person of that office would see.
/// </summary>
public sealed class OneFailedLogin
{
    const int Seed = 2026;
    const string Noisy = "Sudo Refused";
    static readonly DateTimeOffset WeekOne = new(2026, 2, 23, 0, 0, 0, TimeSpan.Zero), WeekTwo = WeekOne.AddDays(7), Thursday = WeekTwo.AddDays(3);
    static readonly DateTimeOffset FirstPacket = Thursday.AddHours(10).AddMinutes(12);

    static readonly Period Week = new(WeekTwo.ToUnixTimeMilliseconds(), WeekTwo.AddDays(7).ToUnixTimeMilliseconds());

    [Fact]
    public async Task From_a_packet_to_a_KPI()
    {
        await using var tale = await Tale.Begin(Seed);
        await Tell(tale);
    }

    [Fact]
    public async Task Told_twice_it_is_the_same_tale()
    {
        var first = await Facts();
        var second = await Facts();
        Assert.True(first.Count > 100);
        Assert.Equal(first, second);

        static async Task<List<string>> Facts()
        {
            await using var tale = await Tale.Begin(Seed);
            await Tell(tale);
            // A run's name is the only thing drawn by lot.
            return [.. (await tale.Facts.Read(0, int.MaxValue, tale.Stop)).Select(f =>
                Regex.Replace($"{f.Seq} {f.AtMs} {f.Actor} {f.Cause} {FactTypes.NameOf(f.Body)} {FactTypes.Write(f.Body)}", "run-[0-9a-f]{32}", "run", RegexOptions.NonBacktracking))];
        }
    }

    static async Task Tell(Tale tale)
    {
        await When_an_ordinary_week_goes_by(tale);
        await When_the_champion_sends_a_noisy_rule_back_to_testing(tale);
        await When_the_next_week_begins(tale);
        Then_the_noisy_rule_still_hits_and_makes_no_work(tale);
        await When_the_office_opens_on_Thursday(tale);
        Then_the_board_holds_small_things_only(tale);
        await When_someone_guesses_a_password(tale);
        var caseId = Then_their_case_stands_on_top_and_says_why(tale);
        And_the_sum_is_exact(tale, caseId);
        And_each_signal_says_why_it_belongs(tale, caseId);
        await When_Anna_pulls_the_next_card(tale, caseId);
        await When_she_works_it_with_the_playbook(tale, caseId);
        await When_she_closes_it_with_the_controls_that_failed(tale, caseId);
        await Then_the_gaps_stand_in_the_books_and_likeness_rises(tale, caseId);
        await When_Ben_clears_a_small_thing_after_lunch(tale);
        Then_the_week_shows_what_changed_by_how_much_and_why(tale, caseId);
        Assert.Empty(tale.Findings.All);
    }

    // The tale ---------------------------------------------------------------------------------------------------

    static async Task When_an_ordinary_week_goes_by(Tale tale)
    {
        for (var day = WeekOne; day < WeekOne.AddDays(5); day = day.AddDays(1))
        {
            await tale.Hear(Refused(tale, day.AddHours(10)));
            await Handle(tale, TimeSpan.FromMinutes(30), Verdict.FalsePositive, "Goran forgot that he has no rights there.", 10);
        }
        await tale.Hear(tale.Office.Auth(WeekOne.AddDays(4).AddHours(15), Office.FileServer, "useradd", "new user: name=intern, UID=1019, GID=1019, home=/home/intern, shell=/bin/bash, from=/dev/pts/1"));
        await Handle(tale, TimeSpan.FromMinutes(30), Verdict.TruePositive, "An account past the directory.", 30, "persistence", "PR.AA-01");
    }

    static async Task When_the_champion_sends_a_noisy_rule_back_to_testing(Tale tale)
    {
        tale.Until(WeekTwo.AddHours(9));
        await tale.Queue("carla", Noisy, RuleQueue.Testing, "five false alarms in a week");
    }

    static async Task When_the_next_week_begins(Tale tale)
    {
        for (var day = WeekTwo; day < Thursday; day = day.AddDays(1)) await AnOrdinaryMorning(tale, day);
    }

    /// <summary>The noisy rule still hits, and makes no work; a vendor's updater does.</summary>
    static async Task AnOrdinaryMorning(Tale tale, DateTimeOffset day)
    {
        await tale.Hear(Refused(tale, day.AddHours(10)));
        await tale.Hear(tale.Office.Windows(day.AddHours(11), $"ws-{Office.People[day.Day % Office.People.Length]}", 4698, new { TaskName = @"\Vendor\UpdateCheck", SubjectUserName = Office.People[day.Day % Office.People.Length], TaskContent = "<Exec><Command>update.exe</Command></Exec>" }));
        await Handle(tale, TimeSpan.FromMinutes(20), Verdict.FalsePositive, "The vendor's updater.", 5);
    }

    static async Task When_the_office_opens_on_Thursday(Tale tale)
    {
        for (var at = Thursday.AddHours(7); at < FirstPacket; at = at.AddSeconds(1))
            foreach (var line in tale.Office.Second(at, 0.04).OrderBy(l => l.At).ToList()) await tale.Hear(line);
    }

    static async Task When_someone_guesses_a_password(Tale tale)
    {
        foreach (var line in Intrusion.Lines(tale.Office, FirstPacket).OrderBy(l => l.At)) await tale.Hear(line);
    }

    static void Then_the_noisy_rule_still_hits_and_makes_no_work(Tale tale)
    {
        Assert.Equal(3, tale.Desk.Testing.Total);
        Assert.All(tale.Board().Lanes.Where(l => l.Lane != Lane.Closed), l => Assert.Equal(0, l.Total));
    }

    static void Then_the_board_holds_small_things_only(Tale tale)
    {
        var waiting = tale.Board().Lanes.Single(l => l.Lane == Lane.New);
        Assert.InRange(waiting.Total, 1, 10);
        Assert.All(waiting.Cards, c => Assert.True(c.Priority < 20, $"{c.Title} stands at {c.Priority}"));
    }

    static string Then_their_case_stands_on_top_and_says_why(Tale tale)
    {
        var cards = tale.Board().Lanes.Single(l => l.Lane == Lane.New).Cards;
        var top = cards[0];
        Assert.True(top.Priority > 95 && cards[1].Priority < 20, $"{top.Priority} over {cards[1].Priority}");
        Assert.StartsWith("SSH Login Succeeded After Many Failures, then User Added to an Administrators' Group on Linux on web01", top.Title, StringComparison.Ordinal);
        Assert.Equal("+1: same host web01 now in 10 rules; Logs or Shell History Removed Through Sudo (T1070), never seen there before", top.Reason);
        Assert.Empty(new[] { "web01", "app01", "deploy" }.Except(top.Entities.Select(e => e.Value)));
        Assert.Equal(12, top.Signals);

        // It climbed step by step, each with its reason, and never by itself.
        var history = tale.Case(top.CaseId).History;
        Assert.Equal("+18: Web Scanner Named Itself (T1595.002), never seen there before", history[0].Reason);
        Assert.Equal("+19: same host web01 now in 3 rules; SSH Brute Force (T1110.001), never seen there before; tactics advance: reconnaissance → initial access → credential access", history[2].Reason);
        Assert.Equal(history.Count, history.Select(h => h.FactSeq).Distinct().Count());
        Assert.All(history, h => Assert.True(h.To > h.From, h.Reason));
        return top.CaseId;
    }

    static void And_the_sum_is_exact(Tale tale, string caseId)
    {
        var shown = tale.Case(caseId);
        var why = shown.Why;
        Assert.Equal(Math.Log(Math.Exp(why.L) - 1) + Math.Log(why.K) + Math.Log(why.I) + Math.Log(why.X), why.LnOdds, 1e-9);
        Assert.Equal(why.L, why.Shares.Sum(s => s.Lambda), 1e-9);
        Assert.Equal(1, why.Shares.Sum(s => s.Share), 1e-9);
        Assert.Equal(100 / (1 + Math.Exp(-why.LnOdds)), shown.Card.Priority, 1e-9);
        Assert.Equal(2.25, why.K); // Five tactics or more, in order.
        Assert.NotEmpty(why.WouldChange);
    }

    static void And_each_signal_says_why_it_belongs(Tale tale, string caseId)
    {
        var signals = tale.Case(caseId).Signals;
        Assert.Null(signals[0].Join);
        Assert.All(signals.Skip(1), s => Assert.Matches("^joined because same (host|user|address|logon session) [a-z0-9.]+ as “.+”, (at the same moment|[0-9]+ s apart)(, also .+)?, link (0\\.[3-9][0-9]|1\\.00)$", s.Join?.Text ?? ""));
        Assert.Equal("joined because same user admin as “SSH Brute Force”, 24 s apart, also host web01 and address 203.0.113.77, link 0.86", signals.Single(s => s.Title == "SSH Login Succeeded After Many Failures").Join?.Text);
        // Over to the other machine the account leads, not the host.
        Assert.Equal("joined because same user deploy as “Scheduled Job Installed Through Sudo”, 26 s apart, link 0.70", signals.Single(s => s.Title == "Windows Scheduled Task Created").Join?.Text);
    }

    static async Task When_Anna_pulls_the_next_card(Tale tale, string caseId)
    {
        tale.Until(Thursday.AddHours(10).AddMinutes(20));
        var card = await tale.PullNext("anna");
        Assert.Equal((caseId, "anna", Lane.Triage), (card.CaseId, card.Owner, card.Lane));
        tale.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Lane.Investigate, (await tale.Move("anna", caseId, Lane.Investigate)).Lane);
    }

    static async Task When_she_works_it_with_the_playbook(Tale tale, string caseId)
    {
        var run = await tale.StartRun("anna", caseId, "Guessed SSH password");
        Assert.Equal(RunStatus.Waiting, run.Status);
        Assert.Equal("Ask the owner of deploy whether they signed in to web01 from 203.0.113.77 after mistyping their password many times.", run.Pending?.Prompt);
        Assert.Equal("waiting", tale.Case(caseId).Card.Runs.Single().State);

        tale.Clock.Advance(TimeSpan.FromMinutes(8));
        run = await tale.Answer("anna", run, succeeded: true, "No. She is on a train.", ("__owner_did_it__", "false"));
        Assert.StartsWith("Ask Operations to end all sessions of deploy on web01, to lock the account, and to block 203.0.113.77", run.Pending?.Prompt, StringComparison.Ordinal);
        await tale.Move("anna", caseId, Lane.Contain);

        tale.Clock.Advance(TimeSpan.FromMinutes(10));
        run = await tale.Answer("anna", run, succeeded: true, "Operations confirmed at 10:40.");
        Assert.StartsWith("Search the events of web01 from the moment of the sign-in", run.Pending?.Prompt, StringComparison.Ordinal);
        await tale.Move("anna", caseId, Lane.Recover);

        tale.Clock.Advance(TimeSpan.FromMinutes(20));
        run = await tale.Answer("anna", run, succeeded: true, "An account sysupdate, two jobs, a log wiped.", ("__changes_found__", "true"));
        Assert.StartsWith("Ask Operations to undo what was found on web01", run.Pending?.Prompt, StringComparison.Ordinal);

        tale.Clock.Advance(TimeSpan.FromMinutes(40));
        run = await tale.Answer("anna", run, succeeded: true, "Rebuilt from the image.");
        Assert.StartsWith("Have the password of deploy changed.", run.Pending?.Prompt, StringComparison.Ordinal);
        await tale.Move("anna", caseId, Lane.Validate);

        tale.Clock.Advance(TimeSpan.FromMinutes(10));
        run = await tale.Answer("anna", run, succeeded: true, "Keys only from now on.");
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal("succeeded", tale.Case(caseId).Card.Runs.Single().State);
        Assert.Equal(
            ["Ask the owner of the account", "Was it the owner?", "Have the way in closed", "See what the session did", "Did it change anything?", "Have the changes undone", "Password and way in"],
            run.Steps.Where(s => s.Kind is not ("start" or "end")).Select(s => s.Name));
    }

    static async Task When_she_closes_it_with_the_controls_that_failed(Tale tale, string caseId)
    {
        tale.Until(Thursday.AddHours(12));
        await tale.Close("anna", caseId, Verdict.TruePositive, "A guessed password, used from outside.", 90, "initial-access", "PR.AA-03", "PR.IR-01");
        var closed = tale.Case(caseId);
        Assert.Equal(Lane.Closed, closed.Card.Lane);
        Assert.Equal(["PR.AA-03", "PR.IR-01"], closed.Closed?.ControlsFailed);
        Assert.Contains(closed.Timeline, t => t.Lane == "response" && t.Kind == "closed");
    }

    static async Task Then_the_gaps_stand_in_the_books_and_likeness_rises(Tale tale, string caseId)
    {
        var facts = await tale.Facts.Read(0, int.MaxValue, tale.Stop);
        var closing = facts.Single(f => f.Body is CaseClosed c && c.CaseId == caseId);
        Assert.Equal("user:anna", closing.Actor);
        var gaps = facts.Where(f => f.Body is GapRecorded g && g.CaseId == caseId).ToList();
        // Ninety minutes of work and half a day's weight, shared by the two.
        Assert.Equal([("PR.AA-03", 165.0), ("PR.IR-01", 165.0)], gaps.Select(g => (GapRecorded)g.Body).Select(g => (g.Control, g.Score)));
        Assert.All(gaps, g => Assert.Equal($"fact:{closing.Seq}", g.Cause));

        // The same rule's other case weighs more now, and says which verdict did it.
        var raised = facts.Where(f => f.Cause == $"fact:{closing.Seq}").Select(f => f.Body).OfType<PriorityShifted>().ToList();
        Assert.NotEmpty(raised);
        Assert.All(raised, r =>
        {
            Assert.True(r.To > r.From);
            Assert.EndsWith($"case {tale.Case(caseId).Card.Number} was closed as true positive, so its rules weigh more", r.Reason, StringComparison.Ordinal);
        });
    }

    static async Task When_Ben_clears_a_small_thing_after_lunch(Tale tale)
    {
        tale.Until(Thursday.AddHours(14));
        var card = await tale.PullNext("ben");
        await tale.Close("ben", card.CaseId, Verdict.FalsePositive, "The internet, as always.", 5);
    }

    static void Then_the_week_shows_what_changed_by_how_much_and_why(Tale tale, string caseId)
    {
        tale.Until(WeekTwo.AddDays(7));
        var picture = tale.Ledger.Look();
        var metrics = Measures.Of(picture, Week).ToDictionary(m => m.Key);

        // The break-in itself, to the millisecond: detected as fast as its first line travelled, engaged when Anna pulled.
        var row = tale.Ledger.Find(caseId) ?? throw new InvalidOperationException();
        Assert.Equal(FirstPacket.ToUnixTimeMilliseconds(), row.OccurredMs);
        Assert.Equal((long)Tale.OnTheWay.TotalMilliseconds, row.DetectedMs - row.OccurredMs);
        Assert.Equal((long)(TimeSpan.FromMinutes(8) - Tale.OnTheWay).TotalMilliseconds, row.EngagedMs - row.QueuedMs);
        Assert.Equal((long)(TimeSpan.FromMinutes(28) - Tale.OnTheWay).TotalMilliseconds, row.ContainedMs - row.DetectedMs);
        Assert.Equal((long)(TimeSpan.FromMinutes(108) - Tale.OnTheWay).TotalMilliseconds, row.ClosedMs - row.DetectedMs);

        // One confirmed case is no statistic: its count is shown, a median is not.
        Assert.Equal((1, 1, null, true), (metrics["ttd"].N, metrics["ttd"].D, metrics["ttd"].Value, metrics["ttd"].SmallN));

        // Five cases engaged this week, six the week before; the middle one waited ten minutes less.
        var engage = metrics["tte"];
        Assert.Equal((5, 5, 1_200_000.0), (engage.N, engage.D, engage.Value));
        Assert.Equal(new Before(6, 6, 1_800_000.0), engage.Previous);
        Assert.Equal(-600_000.0, engage.Delta);
        Assert.Contains(engage.Causes, c => c.Text.StartsWith("Unattributed: the whole change", StringComparison.Ordinal) && c.Effect == -600_000.0);

        // Precision: one of five against one of six, and the rule that left production is named with its part.
        var precision = metrics["verdict.precision"];
        Assert.Equal((1, 5, 0.2), (precision.N, precision.D, precision.Value));
        Assert.Equal((1, 6, 1 / 6.0), (precision.Previous.N, precision.Previous.D, precision.Previous.Value));
        Assert.Equal(0.2 - 1 / 6.0, precision.Delta ?? double.NaN, 1e-12);
        var cause = precision.Causes[0];
        Assert.StartsWith($"Consistent with: rule '{Noisy}' entered testing (five false alarms in a week); cases of '{Noisy}':", cause.Text, StringComparison.Ordinal);
        Assert.Equal(tale.QueuedSeq, cause.FactSeq);
        Assert.True(cause.Effect > 0, cause.Text);
        Assert.StartsWith("Unattributed:", precision.Causes[^1].Text, StringComparison.Ordinal);
        Assert.Equal(precision.Delta ?? double.NaN, precision.Causes.Sum(c => c.Effect ?? 0), 1e-9);

        // The gaps: two controls cost what they cost this week; last week's account gap did not come back.
        var gaps = MeasureSlices.View(picture, Week, id => id).Gaps.ToDictionary(g => g.Control);
        Assert.Equal((1, 165.0, 90, 0.0, 165.0), (gaps["PR.AA-03"].Cases, gaps["PR.AA-03"].Score, gaps["PR.AA-03"].EffortMinutes, gaps["PR.AA-03"].PreviousScore, gaps["PR.AA-03"].Delta));
        Assert.Equal([caseId], gaps["PR.IR-01"].CaseIds);
        Assert.Equal((0, 0.0, 270.0, -270.0), (gaps["PR.AA-01"].Cases, gaps["PR.AA-01"].Score, gaps["PR.AA-01"].PreviousScore, gaps["PR.AA-01"].Delta));
        Assert.True(metrics["reduction.signals"].D > metrics["reduction.signals"].N, "Alerts fold into fewer signals.");
    }

    static DemoLine Refused(Tale tale, DateTimeOffset at) =>
        tale.Office.Auth(at, Office.FileServer, "sudo", "    goran : user NOT in sudoers ; TTY=pts/1 ; PWD=/home/goran ; USER=root ; COMMAND=/usr/bin/apt-get install htop");

    /// <summary>Ben pulls what is on top so long after it came, and closes it five minutes later.</summary>
    static async Task Handle(Tale tale, TimeSpan after, Verdict verdict, string why, int minutes, string? missed = null, params string[] controls)
    {
        tale.Clock.Advance(after);
        var card = await tale.PullNext("ben");
        tale.Clock.Advance(TimeSpan.FromMinutes(5));
        await tale.Close("ben", card.CaseId, verdict, why, minutes, missed, controls);
    }
}
