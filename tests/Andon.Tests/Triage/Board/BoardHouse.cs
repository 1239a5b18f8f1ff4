using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Triage;
using Andon.Triage.Board;
using Andon.Triage.Board.Requests;
using Andon.Triage.Cases;
using Andon.Triage.Core;
using Andon.Triage.Grouping;
using Andon.Triage.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Tests.Triage.Board;

/// <summary>A board with its people, on a clock of its own and a fact log in memory.</summary>
internal sealed class BoardHouse : IDisposable
{
    ulong position;

    BoardHouse(DomainRules domains, IReadOnlyList<string> responders)
    {
        Domains = domains;
        Log = new(Clock);
        Desk = new(Log, Clock) { Responders = () => responders };
        Core = new(Desk, new Linker(Salience.Default), domains);
        Views = new(Desk, Salience.Default, Controls);
        Checks = new(Desk, null, null);
        Runner = new(Desk, Checks, new FindingList(), Clock);
    }

    public TestClock Clock { get; } = new();
    public MemoryFactLog Log { get; }
    public TriageDesk Desk { get; }
    public TriageCore Core { get; }
    public Views Views { get; }
    public DomainRules Domains { get; }
    public ControlBook Controls { get; } = new([new("mfa", "Second factor")]);
    public AcceptanceChecks Checks { get; }
    public AcceptanceRunner Runner { get; }
    public TriageState State => Desk.State;

    public static async Task<BoardHouse> Open(DomainRules? domains = null, params string[] responders)
    {
        var house = new BoardHouse(domains ?? DomainRules.None, responders);
        await house.Log.Attach(house.Desk, default);
        return house;
    }

    public static ClaimsPrincipal User(string name) => new(new ClaimsIdentity([new(ClaimTypes.Name, name)], "test"));

    /// <summary>One alert on a host of its own; the case that it opened.</summary>
    public async Task<CaseState> Hit(string rule, Level level, string host, string source = "")
    {
        var hit = Andon.Tests.Triage.Desk.Hit(++position, (Desk.NowMs - Andon.Tests.Triage.Desk.Start) / 60_000.0, rule, level, host);
        if (source.Length > 0) hit = hit with { SourceId = source };
        using var turn = await Desk.TakeTurn(default);
        await Desk.Append(Core.Step([hit], position, Desk.NowMs), [], default);
        return State.Cases.First(c => c.Signals.Exists(s => s.Opened.FirstHit == hit.Key));
    }

    public async Task Say(FactBody body, string actor = "user:lead") => await Desk.Append([new(actor, "test", body)], [], default);

    public async Task<Card> Pull(string person, string? domain = null) => Ok<Card>((await PullNext.Handle(new(domain), User(person), Desk, Views, default)).Result);

    public async Task<string> PullRefused(string person) => Code((await PullNext.Handle(null, User(person), Desk, Views, default)).Result);

    public async Task Close(string caseId, string person) => Ok<CaseView>((await CloseCase.Handle(caseId, Benign, User(person), Desk, Views, Controls, default)).Result);

    public static readonly CloseCase.CloseAsk Benign = new(Verdict.BenignPositive, [], null, "internal.detection", "looked at", 5);

    public static T Ok<T>(IResult answer) => answer is Ok<T> { Value: { } value } ? value
        : throw new Xunit.Sdk.XunitException(answer is Conflict<Finding> c ? c.Value?.ToString() : answer is BadRequest<TriageFindings> b ? string.Join(' ', b.Value!.Findings) : answer.ToString());

    public static string Code(IResult answer) => answer switch
    {
        Conflict<Finding> c => c.Value!.Code,
        BadRequest<TriageFindings> b => string.Join(' ', b.Value!.Findings.Select(f => f.Code)),
        _ => answer.GetType().Name,
    };

    public void Dispose()
    {
        Runner.Dispose();
        Desk.Dispose();
    }
}
