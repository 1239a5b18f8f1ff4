using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>nginx and Apache access lines, common and combined: <c>[vhost[:port]] client ident user [time] "request" status bytes ["referrer" "agent"] …</c>.</summary>
sealed class AccessLog(Constants constants)
{
    static readonly FieldId HttpVersion = FieldNames.Intern("http.version");

    readonly Const nginx = constants.Get("nginx.access"), apache = constants.Get("apache.access");
    readonly Const nginxModule = constants.Get("nginx"), apacheModule = constants.Get("apache");
    readonly Const nginxParser = constants.Get("nginx-access@1"), apacheParser = constants.Get("apache-access@1");
    readonly Const web = constants.Get("web"), access = constants.Get("access"), success = constants.Get("success"), failure = constants.Get("failure"), action = constants.Get("http-request");

    /// <summary>False when the line is no access line; then nothing was added.</summary>
    public bool TryParse(Text text, bool isNginx, EventDraft draft)
    {
        var line = text.TrimStart();
        var open = line.Span.IndexOf(" ["u8);
        if (open < 3) return false;
        var rest = line.Slice(open + 2);
        if (!Text.Cut(ref rest, (byte)']', out var time) || !Times.TryWeb(time.Span, out var ms)) return false;
        if (!rest.StartsWith(" \""u8) || !Quoted(ref rest, out var request) || rest.Length < 4 || rest[0] != ' ') return false;
        var status = rest.Slice(1, 3);
        if (!Times.Digits(status.Span, out var code) || (rest.Length > 4 && rest[4] != ' ')) return false;
        rest = rest.Slice(4);

        // client ident user; before them perhaps a virtual host or "-". A user name may hold blanks.
        var who = line.Slice(0, open);
        if (!Text.Cut(ref who, (byte)' ', out var client)) return false;
        var second = who;
        if (Text.Cut(ref second, (byte)' ', out var next) && EventDraft.IsIp(next.Span) && !EventDraft.IsIp(client.Span))
        {
            VirtualHost(client, draft);
            client = next;
            who = second;
        }
        draft.Time(ms, zoneKnown: true);
        draft.Address(Ecs.SourceIp, Ecs.SourceDomain, client.At, client.Length);
        if (Text.Cut(ref who, (byte)' ', out _) && !who.Is("-"u8) && !who.IsEmpty) draft.Add(Ecs.UserName, who);
        Request(request, draft);
        draft.Add(Ecs.HttpResponseStatusCode, status, ValueKind.Number);
        if (rest.Length > 1 && rest[0] == ' ')
        {
            rest = rest.Slice(1);
            var end = rest.Span.IndexOf((byte)' ');
            var bytes = end < 0 ? rest : rest.Slice(0, end);
            if (bytes.Length is > 0 and < 19 && bytes.Span.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0) draft.Add(Ecs.HttpResponseBodyBytes, bytes, ValueKind.Number);
            rest = rest.Slice(bytes.Length);
            if (Quoted(ref rest, out var referrer) && !referrer.Is("-"u8) && !referrer.IsEmpty) draft.Add(Ecs.HttpRequestReferrer, referrer);
            if (Quoted(ref rest, out var agent) && !agent.Is("-"u8) && !agent.IsEmpty) draft.Add(Ecs.UserAgentOriginal, agent);
        }
        draft.Add(Ecs.EventCategory, web);
        draft.Add(Ecs.EventType, access);
        draft.Add(Ecs.EventAction, action);
        draft.Add(Ecs.EventOutcome, code < 400 ? success : failure);
        draft.Dataset = isNginx ? nginx : apache;
        draft.Module = isNginx ? nginxModule : apacheModule;
        draft.Parser = isNginx ? nginxParser : apacheParser;
        return true;
    }

    static void VirtualHost(Text name, EventDraft draft)
    {
        var colon = name.Span.LastIndexOf((byte)':');
        var port = colon > 0 ? name.Slice(colon + 1) : default;
        if (port.Length is > 0 and < 6 && port.Span.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)
        {
            draft.Add(Ecs.DestinationPort, port, ValueKind.Number);
            name = name.Slice(0, colon);
        }
        draft.Address(Ecs.DestinationIp, Ecs.DestinationDomain, name.At, name.Length);
    }

    // METHOD target HTTP/x; anything else (scanners send binary) stays as url.original.
    static void Request(Text request, EventDraft draft)
    {
        if (request.IsEmpty || request.Is("-"u8)) return;
        var url = request;
        var version = request.Span.LastIndexOf(" HTTP/"u8);
        var blank = request.Span.IndexOf((byte)' ');
        if (version > 0 && blank > 0 && request.Span[..blank].IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0)
        {
            draft.Add(Ecs.HttpRequestMethod, request.Slice(0, blank));
            draft.Add(HttpVersion, request.Slice(version + 6));
            url = blank < version ? request.Slice(blank + 1, version - blank - 1) : default;
        }
        if (url.IsEmpty) return;
        draft.Add(Ecs.UrlOriginal, url);
        if (url[0] != '/') return;
        var query = url.Span.IndexOf((byte)'?');
        draft.Add(Ecs.UrlPath, query < 0 ? url : url.Slice(0, query));
        if (query >= 0 && query + 1 < url.Length) draft.Add(Ecs.UrlQuery, url.Slice(query + 1));
    }

    // A blank, then "…" with \" inside.
    static bool Quoted(scoped ref Text text, out Text value)
    {
        value = default;
        if (text.Length < 3 || text[0] != ' ' || text[1] != '"') return false;
        var i = 2;
        while (i < text.Length && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
        if (i >= text.Length) return false;
        value = text.Slice(2, i - 2);
        text = text.Slice(i + 1);
        return true;
    }
}
