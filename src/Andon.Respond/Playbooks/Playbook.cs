using Andon.Model;
using Andon.Respond.Conditions;
using Andon.Respond.Variables;

namespace Andon.Respond.Playbooks;

/// <summary>What may happen to a step's effect when the program dies between intent and result.</summary>
enum Effect
{
    /// <summary>Nothing changes at the target: repeat freely.</summary>
    Pure,
    /// <summary>The target knows the idempotency key: repeat with the same one.</summary>
    Keyed,
    /// <summary>Ask the target whether it happened, then decide.</summary>
    Probe,
    /// <summary>At most once: a gap is in doubt, and a person decides.</summary>
    Once,
}

/// <summary>A checked playbook, ready to run.</summary>
sealed record Playbook(
    string Id, string Version, string Name, string Description, string Hash, string Document,
    bool Revoked, long? ValidFromMs, long? ValidUntilMs,
    IReadOnlyList<string> RuleIds, string Domain,
    IReadOnlyDictionary<string, Variable> Variables,
    string Start, string? Exception, IReadOnlyDictionary<string, Step> Steps)
{
    /// <summary>Why it may not start now (CX3); null when it may.</summary>
    public Finding? RefuseStart(long nowMs) => this switch
    {
        { Revoked: true } => new("RES101", $"The playbook '{Name}' is revoked.", "Take another, or load a version that is not revoked."),
        { ValidFromMs: { } from } when nowMs < from => new("RES102", $"The playbook '{Name}' is valid from {UnixMs.ToIso(from)}.", "Wait, or change valid_from."),
        { ValidUntilMs: { } until } when nowMs >= until => new("RES103", $"The playbook '{Name}' was valid until {UnixMs.ToIso(until)}.", "Review it and set a later valid_until."),
        _ => null,
    };
}

enum StepKind { Start, Action, If, End }

sealed record Step(
    string Id, StepKind Kind, string Name, string Description, long DelayMs, long? TimeoutMs,
    string? OnCompletion, string? OnSuccess, string? OnFailure,
    IReadOnlyDictionary<string, Variable> Variables)
{
    public Command? Command { get; init; }
    public IReadOnlyList<string> Out { get; init; } = [];
    public Condition? Condition { get; init; }
    public string? OnTrue { get; init; }
    public string? OnFalse { get; init; }

    public string? AfterSuccess => OnSuccess ?? OnCompletion;
    public string? AfterFailure => OnFailure ?? OnCompletion;

    /// <summary>What facts and the console call it.</summary>
    public string KindName => (Kind, Command) switch
    {
        (StepKind.Start, _) => "start",
        (StepKind.If, _) => "if-condition",
        (StepKind.End, _) => "end",
        (_, HttpCommand) => "http-api",
        _ => "manual",
    };
}

abstract record Command(Effect Effect);

/// <summary>A task for a person.</summary>
sealed record ManualCommand(string Text, string Agent) : Command(Effect.Pure);

/// <param name="Base">Scheme, host and port of the target, with places for variables.</param>
/// <param name="Path">Request target of the start line.</param>
/// <param name="Probe">Request target of a GET that tells whether the effect happened: 2xx yes, 404 no.</param>
/// <param name="Extract">Variable by JSON pointer into the answer.</param>
sealed record HttpCommand(
    string Method, string Path, HttpAddress Base, IReadOnlyList<KeyValuePair<string, string>> Headers, string? Body,
    Effect Effect, string? Probe, IReadOnlyDictionary<string, string> Extract) : Command(Effect);

sealed record HttpAddress(string Scheme, string Host, string Port, string BasePath);
