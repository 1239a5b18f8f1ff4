using System.Net.Http.Headers;
using System.Text;

namespace Andon.Bench;

/// <summary>Posts documents to `_bulk` in requests of about a megabyte, as shippers do, and waits when told to.</summary>
sealed class BulkSender : IDisposable
{
    const int BodyBytes = 1 << 20;
    static readonly byte[] Action = "{\"create\":{\"_index\":\"bench\"}}\n"u8.ToArray();

    readonly HttpClient client;
    readonly MemoryStream body = new(BodyBytes + (64 << 10));
    int waiting;

    public BulkSender(Uri address, string token)
    {
        client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", token);
    }

    public long Sent { get; private set; }
    public long Bytes { get; private set; }
    public long PushedBack { get; private set; }

    public async Task Add(string document)
    {
        body.Write(Action);
        var utf8 = Encoding.UTF8.GetBytes(document);
        body.Write(utf8);
        body.WriteByte((byte)'\n');
        Bytes += utf8.Length;
        waiting++;
        if (body.Length >= BodyBytes) await Flush();
    }

    public async Task Flush()
    {
        if (waiting == 0) return;
        while (true)
        {
            using var content = new ByteArrayContent(body.GetBuffer(), 0, (int)body.Length);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var answer = await client.PostAsync(new Uri("/_bulk", UriKind.Relative), content);
            if ((int)answer.StatusCode == 429)
            {
                PushedBack++;
                await Task.Delay(500);
                continue;
            }
            answer.EnsureSuccessStatusCode();
            var text = await answer.Content.ReadAsStringAsync();
            if (!text.Contains("\"errors\":false", StringComparison.Ordinal)) throw new InvalidOperationException($"Some items were refused: {text[..Math.Min(text.Length, 400)]}");
            break;
        }
        Sent += waiting;
        waiting = 0;
        body.SetLength(0);
    }

    public void Dispose()
    {
        client.Dispose();
        body.Dispose();
    }
}
