using System.Globalization;
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

    [Fact]
    public async Task From_a_packet_to_a_KPI()
    {
        await using var tale = await Tale.Begin(Seed);
        await When_an_ordinary_week_goes_by(tale);
        await When_the_champion_sends_a_noisy_rule_back_to_testing(tale);
        await When_the_next_week_begins(tale);
        await When_the_office_opens_on_Thursday(tale);
        await When_someone_guesses_a_password(tale);
        foreach (var c in tale.Board().Lanes[0].Cards.Take(4)) Console.WriteLine($"{c.Number} {c.Priority:0.00} {c.Title} | {c.Reason} | {c.Alerts} {c.Signals} | {string.Join(',', c.Entities.Select(e => e.Value))} {string.Join(',', c.Tactics)} {c.Domain}");
        var view = tale.Case(tale.OnTop().CaseId);
        foreach (var s in view.Signals) Console.WriteLine($"  {s.Title} {s.Level} {s.Entity} x{s.Count} u={s.Surprise:0.00} share={s.Share:0.00} {s.Join?.Text}");
        Console.WriteLine(view.Why.ToString() + tale.Lines);
        foreach (var h in view.History) Console.WriteLine("   " + h);
        foreach (var t in view.Timeline) Console.WriteLine("   " + t);
        var c2 = tale.Ledger.Find(view.Card.CaseId);
        Console.WriteLine(c2);
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
