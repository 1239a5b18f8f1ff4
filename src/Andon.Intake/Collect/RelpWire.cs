using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>
/// RELP: numbered commands, each answered. A <c>syslog</c> command is answered 200 when its record is on disk; all that came together are
/// appended together, so that one flush answers a whole window.
/// </summary>
sealed class RelpWire(int frameBytesMax) : IWire
{
    enum Step { More, Done, Bad }

    readonly record struct Frame(int Number, string Command, int Length, int Head);

    public async Task Serve(TcpConnection connection, CancellationToken stop)
    {
        var origin = new Origin(connection.Listener.Name, connection.Peer);
        var drafts = new List<RecordDraft>();
        var numbers = new List<int>();
        var opened = false;
        while (true)
        {
            var step = Head(connection.Data.Span, out var frame);
            var whole = step == Step.Done && connection.Data.Length > frame.Head + Math.Min(frame.Length, frameBytesMax);
            if (step == Step.Bad)
            {
                await Flush(connection, drafts, numbers, stop);
                await Say(connection, 0, "serverclose", "", stop);
                throw new WireException("its bytes are not a RELP frame.");
            }
            if (!whole)
            {
                await Flush(connection, drafts, numbers, stop);
                if (!await connection.Fill(stop)) return; // What was not answered is sent again.
                continue;
            }
            var kept = Math.Min(frame.Length, frameBytesMax);
            var data = connection.Data.Slice(frame.Head, kept);
            if (frame.Command == "syslog" && opened)
            {
                var oversized = kept < frame.Length;
                if (kept > 0) drafts.Add(new(connection.NowMs, oversized ? origin with { Hint = Hints.Oversized } : origin, data));
                numbers.Add(frame.Number);
                connection.Take(frame.Head + kept);
                if (oversized)
                {
                    connection.Listener.Oversized();
                    await Flush(connection, drafts, numbers, stop, but: 1);
                    if (!await connection.Skip(frame.Length - kept, stop) || (connection.Data.IsEmpty && !await connection.Fill(stop))) return;
                    await Flush(connection, drafts, numbers, stop);
                }
                await End(connection, stop);
                if (drafts.Count == Limits.AppendRecordsMax) await Flush(connection, drafts, numbers, stop);
                continue;
            }
            await Flush(connection, drafts, numbers, stop);
            if (kept < frame.Length) throw new WireException($"its command {frame.Command} is {frame.Length} bytes long.");
            var offers = Encoding.Latin1.GetString(data.Span);
            connection.Take(frame.Head + kept);
            await End(connection, stop);
            switch (frame.Command)
            {
                case "open" when !opened:
                    if (!offers.Contains("relp_version=0", StringComparison.Ordinal) && !offers.Contains("relp_version=1", StringComparison.Ordinal))
                    {
                        await Say(connection, frame.Number, "rsp", "500 relp_version 0 is spoken here", stop);
                        throw new WireException("it speaks another version of RELP.");
                    }
                    opened = true;
                    await Say(connection, frame.Number, "rsp", "200 OK\nrelp_version=0\nrelp_software=andon\ncommands=syslog", stop);
                    break;
                case "close":
                    await Say(connection, frame.Number, "rsp", "", stop);
                    await Say(connection, 0, "serverclose", "", stop);
                    return;
                default:
                    await Say(connection, frame.Number, "rsp", opened ? "500 this command is not known" : "500 open comes first", stop);
                    throw new WireException($"it sent '{frame.Command}'{(opened ? "" : " before open")}.");
            }
        }
    }

    /// <summary>The line feed behind a frame. Its absence means that the count was wrong, and that nothing behind it can be trusted.</summary>
    static async ValueTask End(TcpConnection connection, CancellationToken stop)
    {
        if (connection.Data.Span[0] == '\n')
        {
            connection.Take(1);
            return;
        }
        await Say(connection, 0, "serverclose", "", stop);
        throw new WireException("a frame does not end where its count says.");
    }

    static async ValueTask Flush(TcpConnection connection, List<RecordDraft> drafts, List<int> numbers, CancellationToken stop, int but = 0)
    {
        await connection.Append(drafts, stop);
        if (numbers.Count == but) return;
        var answers = new ArrayBufferWriter<byte>(numbers.Count * 24);
        for (var i = 0; i < numbers.Count - but; i++) Write(answers, numbers[i], "rsp", "200 OK");
        numbers.RemoveRange(0, numbers.Count - but);
        await connection.Answer(answers.WrittenMemory, stop);
    }

    static ValueTask Say(TcpConnection connection, int number, string command, string data, CancellationToken stop)
    {
        var answer = new ArrayBufferWriter<byte>();
        Write(answer, number, command, data);
        return connection.Answer(answer.WrittenMemory, stop);
    }

    static void Write(ArrayBufferWriter<byte> into, int number, string command, string data) =>
        Encoding.ASCII.GetBytes(data.Length == 0 ? $"{number} {command} 0\n" : $"{number} {command} {data.Length} {data}\n", into);

    /// <summary><c>number SP command SP length [SP]</c>; the data's blank belongs to the head, an empty frame has none.</summary>
    static Step Head(ReadOnlySpan<byte> data, out Frame frame)
    {
        frame = default;
        var head = data[..Math.Min(data.Length, Limits.RelpFrameHeadMax)];
        var more = data.Length < Limits.RelpFrameHeadMax ? Step.More : Step.Bad;
        var first = head.IndexOf((byte)' ');
        if (first < 0) return head.Length > 9 || head.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? Step.Bad : more;
        if (first is 0 or > 9 || !Utf8Parser.TryParse(head[..first], out int number, out var used) || used != first) return Step.Bad;
        var second = head[(first + 1)..].IndexOf((byte)' ');
        if (second is 0 or > 32) return Step.Bad;
        if (second < 0) return more;
        var command = head.Slice(first + 1, second);
        if (command.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return Step.Bad;
        var at = first + second + 2;
        var digits = head[at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits is 0 or > 9) return Step.Bad;
        if (digits < 0) return head.Length - at > 9 ? Step.Bad : more;
        if (!Utf8Parser.TryParse(head.Slice(at, digits), out int length, out _)) return Step.Bad;
        var separator = head[at + digits];
        if (length == 0 ? separator != '\n' && separator != ' ' : separator != ' ') return Step.Bad;
        frame = new(number, Encoding.ASCII.GetString(command), length, at + digits + (separator == ' ' ? 1 : 0));
        return Step.Done;
    }
}
