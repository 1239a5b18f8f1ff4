using System.Diagnostics;
using System.Globalization;

namespace Andon.Tests.Intake.Clients;

/// <summary>A client that sends numbered messages of its own to a house, no further than it may.</summary>
abstract class Peer : IAsyncDisposable
{
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The number of its first message; several clients of one house are told apart by it.</summary>
    public required int First { get; init; }
    /// <summary>How many messages it was given, or was told that they are kept.</summary>
    public abstract int Reached { get; }
    /// <summary>Numbers it holds for kept, or handed over.</summary>
    public abstract IReadOnlySet<int> Told { get; }
    /// <summary>Records that it sent anew because no answer came in its time: each may be there twice, since its protocol names no record.</summary>
    public virtual int Again => 0;
    /// <summary>Numbers whose connection the house had ended in order before it was killed: where nothing else is told, that is.</summary>
    public virtual IReadOnlySet<int> Closed => new HashSet<int>();
    /// <summary>The house is about to be killed: what counts is what was told until now.</summary>
    public virtual void BeforeKill() { }
    /// <summary>The house is there again: what was on its way until now is not told any more.</summary>
    public virtual void AfterKill() { }
    /// <summary>It forgets nothing that was not acknowledged.</summary>
    public bool KeepsAll { get; init; }

    public abstract Task Begin();
    /// <summary>Lets it go on up to so many messages, and go on by itself.</summary>
    public abstract void Allow(int messages);
    /// <summary>Throws when it ended before its time.</summary>
    public abstract void Check();
    public abstract Task End();
    public abstract ValueTask DisposeAsync();
}

/// <summary>A script of tests/peers around a real client: it prints each number that was acknowledged, and what it sends anew.</summary>
sealed class ScriptPeer(string script, params string[] arguments) : Peer
{
    readonly HashSet<int> told = [], closing = [], closed = [], forgotten = [];
    readonly Lock gate = new();
    Process? node;
    Task reading = Task.CompletedTask;
    Task<string> said = Task.FromResult("");
    int again;

    public override int Reached { get { lock (gate) return told.Count; } }
    public override IReadOnlySet<int> Told { get { lock (gate) return told.ToHashSet(); } }
    public override int Again => Volatile.Read(ref again);
    public override IReadOnlySet<int> Closed { get { lock (gate) return closed.Union(closing.Except(forgotten)).ToHashSet(); } }
    public override void BeforeKill() { lock (gate) closed.UnionWith(closing.Except(forgotten)); }
    public override void AfterKill() { lock (gate) forgotten.UnionWith(told.Except(closed)); }

    public override Task Begin()
    {
        var start = new ProcessStartInfo("node", [PeerRun.Script(script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["FIRST"] = First.ToString(CultureInfo.InvariantCulture) },
        };
        node = Process.Start(start) ?? throw new InvalidOperationException();
        said = node.StandardError.ReadToEndAsync(Stop);
        reading = Read(node.StandardOutput);
        return Task.CompletedTask;
    }

    async Task Read(StreamReader output)
    {
        while (await output.ReadLineAsync(Stop) is { } line)
            if (line.StartsWith("closed ", StringComparison.Ordinal)) lock (gate) closing.Add(int.Parse(line.AsSpan(7), CultureInfo.InvariantCulture));
            else if (line.StartsWith("again ", StringComparison.Ordinal)) Interlocked.Add(ref again, int.Parse(line.AsSpan(6), CultureInfo.InvariantCulture));
            else lock (gate) told.Add(int.Parse(line, CultureInfo.InvariantCulture));
    }

    public override void Allow(int messages)
    {
        node!.StandardInput.WriteLine(messages.ToString(CultureInfo.InvariantCulture));
        node.StandardInput.Flush();
    }

    public override void Check() => Assert.False(node is { HasExited: true, ExitCode: not 0 }, said.IsCompletedSuccessfully ? said.Result : "The script ended.");

    public override async Task End()
    {
        await node!.WaitForExitAsync(Stop);
        await reading;
        Assert.True(node.ExitCode == 0, await said);
    }

    public override async ValueTask DisposeAsync()
    {
        if (node is null) return;
        if (!node.HasExited) node.Kill();
        await node.WaitForExitAsync(CancellationToken.None);
        node.Dispose();
    }
}
