using Microsoft.AspNetCore.Http;

namespace Andon.Intake.Collect;

/// <summary>
/// The way of a body through every HTTP listener that takes it whole: so many at once, read within the bounds, then what the protocol makes of
/// it. How a sender is told "no" is each protocol's own.
/// </summary>
sealed class RequestRoom : IDisposable
{
    readonly FairRoom room = new(Limits.HttpRequestsMax);

    /// <param name="busy">Says that the sender is to come again.</param>
    /// <param name="broken">Says with that status why the body cannot be read.</param>
    /// <param name="asIs">A Content-Encoding that the protocol unpacks itself.</param>
    public async Task Take(HttpContext http, Func<HttpContext, string, Task> busy, Func<HttpContext, int, string, Task> broken, Func<ReadOnlyMemory<byte>, Task> take, string asIs = "identity")
    {
        var sender = DoorRoom.SenderOf(http.Connection.RemoteIpAddress);
        if (!await room.Enter(sender, 0, http.RequestAborted))
        {
            await busy(http, "too many requests at once");
            return;
        }
        try
        {
            using var body = new MemoryStream();
            if (await IngestBody.Read(http, body, Limits.HttpBytesMax, http.RequestAborted, asIs) is { } problem) await broken(http, problem.Status, problem.Reason);
            else await take(body.GetBuffer().AsMemory(0, (int)body.Length));
        }
        finally
        {
            room.Leave(sender);
        }
    }

    public void Dispose() => room.Dispose();
}
