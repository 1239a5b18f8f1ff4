using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Core;
using Andon.Triage.Grouping;
using Andon.Triage.Routing;

namespace Andon.Tests.Triage;

/// <summary>Short words for making hits and for running triage over them without a host.</summary>
internal sealed class Desk
{
    public const long Start = 1_772_438_400_000; // 2026-03-02 08:00 UTC
    readonly TriageCore core;
    ulong block;
    long seq;

    public Desk(TriageState? state = null, AllowList? allowed = null)
    {
        State = state ?? new();
        seq = State.LastSeq;
        core = new(State, new Linker(Salience.Default), DomainRules.None) { Allowed = allowed ?? AllowList.None };
    }

    public TriageState State { get; }
    public List<Fact> Facts { get; } = [];
    public long NowMs { get; private set; } = Start;
    public TriageCore Core => core;

    public static long Min(double minutes) => Start + (long)(minutes * 60_000);

    public static Hit Hit(ulong position, double minute, string rule, Level level = Level.Medium, string? host = null, string? user = null, string? ip = null,
        string[]? tags = null, RuleQueue queue = RuleQueue.Production, params Entity[] more)
    {
        var entities = new List<Entity>();
        if (host is not null) entities.Add(new(EntityKind.Host, host, EntityRole.Target));
        if (user is not null) entities.Add(new(EntityKind.User, user, EntityRole.Target));
        if (ip is not null) entities.Add(new(EntityKind.Ip, ip, EntityRole.Actor));
        entities.AddRange(more);
        return new(EventId.At(position, 0), Min(minute), Min(minute), "rule-" + rule, rule, "Andon", level, queue, tags ?? [], $"syslog:{host}:system.auth", entities,
            new Dictionary<string, string>(), []);
    }

    /// <summary>One block of hits, at the time of its last hit or the time given.</summary>
    public IReadOnlyList<Fact> Take(IEnumerable<Hit> hits, long? nowMs = null)
    {
        var all = hits.ToList();
        NowMs = nowMs ?? Math.Max(NowMs, all.Count == 0 ? NowMs : all.Max(h => h.TimeMs));
        return Apply(core.Step(all, ++block, NowMs));
    }

    public IReadOnlyList<Fact> Take(params Hit[] hits) => Take(hits, null);

    public IReadOnlyList<Fact> Apply(IReadOnlyList<FactDraft> drafts)
    {
        var made = drafts.Select(d => new Fact(++seq, d.AtMs ?? NowMs, d.Actor, d.Cause, d.Body)).ToList();
        foreach (var fact in made) State.Apply(fact);
        Facts.AddRange(made);
        return made;
    }

    public void Say(FactBody body, string actor = "user:anna") => Apply([new(actor, "test", body)]);

    public void Pass(double minutes) => NowMs += (long)(minutes * 60_000);

    public double P(CaseState c) => c.Priority(NowMs, State.Estate);
    public IReadOnlyList<CaseState> Open => [.. State.OpenCases()];

    /// <summary>What the state says, without what only the road to it says.</summary>
    public string Picture() => string.Join('\n', State.OpenCases().OrderBy(c => c.Number).Select(c =>
        $"{c.Id} {c.Lane} {c.Owner} P={P(c):F9} signals={string.Join(',', c.Signals.Select(s => $"{s.Id}x{s.Count}@{s.LastMs}<{s.Join?.With}").Order(StringComparer.Ordinal))} entities={string.Join(',', c.Entities.Keys.Order(StringComparer.Ordinal))}"));
}
