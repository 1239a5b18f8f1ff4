using Andon.Model;
using Andon.Triage;
using Andon.Triage.Board;

namespace Andon.Tests.Triage;

/// <summary>An alarm about a source is a card of its own, and ends by itself unless someone works on it.</summary>
public sealed class SourceWorkTests
{
    static readonly SourceAlarmed Alarm = new("silent/relay:10.0.0.1/5", "relay:10.0.0.1", SourceAilment.Silent, 5, "Relay 10.0.0.1 is silent: 3 sources of 2 hosts", "Last heard an hour ago.", Level.High,
        ["a", "b", "c"], 3, ["h1", "h2"], new(["r1", "r2"], 2, 1, ["T1059"], [new("d", 1)]));

    static SourceRecovered Recovered => new(Alarm.AlarmId, Alarm.SubjectId, Alarm.Ailment, 5, 9, "It speaks again.");

    [Fact]
    public async Task A_silence_is_one_card_that_names_what_goes_blind_and_ends_by_itself()
    {
        await using var house = new StageTests.House();
        await house.Start();
        await house.Facts.Append([new("andon:intake", "", Alarm)], [], default);
        await house.Until(f => f.Any(x => x.Body is PriorityShifted));
        var opened = (CaseOpened)(await house.Facts.Read(0, 100, default)).Single(f => f.Body is CaseOpened).Body;
        Assert.Equal((Alarm.Title, "sources"), (opened.Title, opened.Domain));
        var note = (CaseNoted)(await house.Facts.Read(0, 100, default)).Single(f => f.Body is CaseNoted).Body;
        Assert.Contains("2 rules look at it, 1 of them at nothing else (ATT&CK T1059)", note.Text, StringComparison.Ordinal);
        Assert.Contains("h1, h2", note.Text, StringComparison.Ordinal);
        Assert.All((await house.Facts.Read(0, 100, default)).Skip(1), f => Assert.Equal("fact:1", f.Cause));
        await house.Facts.Append([new("andon:intake", "", Recovered)], [], default);
        await house.Until(f => f.Any(x => x.Body is CaseClosed));
        Assert.Equal(Verdict.Undecided, ((CaseClosed)(await house.Facts.Read(0, 100, default)).Single(f => f.Body is CaseClosed).Body).Verdict);
    }

    [Fact]
    public async Task A_card_in_someones_hands_is_told_and_stays()
    {
        await using var house = new StageTests.House();
        await house.Start();
        await house.Facts.Append([new("andon:intake", "", Alarm)], [], default);
        await house.Until(f => f.Any(x => x.Body is PriorityShifted));
        await house.Facts.Append([new("user:anna", "pull", new CardPulled("c1", "anna", null))], [], default);
        await house.Facts.Append([new("andon:intake", "", Recovered)], [], default);
        await house.Until(f => f.Count(x => x.Body is CaseNoted) == 2);
        Assert.DoesNotContain(await house.Facts.Read(0, 100, default), f => f.Body is CaseClosed);
    }

    [Fact]
    public async Task The_same_alarm_read_again_opens_no_second_card()
    {
        await using var house = new StageTests.House();
        await house.Start();
        await house.Facts.Append([new("andon:intake", "", Alarm), new("andon:intake", "", Alarm)], [], default);
        await house.Until(f => f.Any(x => x.Body is PriorityShifted));
        await house.Send(Desk.Hit(1, 0, "a", Level.High, "h1"));
        await house.Until(f => f.Count(x => x.Body is PriorityShifted) == 2);
        // Nor does an alert on one of its hosts join it.
        Assert.Equal(2, (await house.Facts.Read(0, 100, default)).Count(f => f.Body is CaseOpened));
    }
}
