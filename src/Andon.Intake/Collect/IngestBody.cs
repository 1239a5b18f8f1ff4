using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Andon.Intake.Collect;

/// <summary>Reads the body of an ingest request, unpacked, within its bound: a small packed body may not become a big one.</summary>
static class IngestBody
{
    /// <param name="asIs">An encoding that the reader of the body undoes itself.</param>
    public static async Task<(int Status, string Reason)?> Read(HttpContext http, MemoryStream into, int bytesMax, CancellationToken stop, string asIs = "identity")
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = bytesMax;
        var encoding = http.Request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        if (encoding == "x-gzip") encoding = "gzip"; // Its old name.
        if (encoding.Length > 0 && encoding is not ("gzip" or "deflate" or "identity") && encoding != asIs) return (415, $"Content-Encoding {(encoding.Length > 40 ? encoding[..40] : encoding)} is not accepted; gzip and deflate are, once.");
        await using var gzip = encoding switch
        {
            "gzip" => new GZipStream(http.Request.Body, CompressionMode.Decompress),
            "deflate" => (Stream)new ZLibStream(http.Request.Body, CompressionMode.Decompress),
            _ => null,
        };
        var from = gzip ?? http.Request.Body;
        var chunk = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            if (http.Request.ContentLength is > 0 and var length && length <= bytesMax) into.Capacity = (int)length;
            int read;
            while ((read = await from.ReadAsync(chunk, stop)) > 0)
            {
                if (into.Length + read > bytesMax) return (413, $"The body is longer than {bytesMax} bytes.");
                into.Write(chunk, 0, read);
            }
            return null;
        }
        catch (InvalidDataException e)
        {
            return (400, $"The compressed body is broken: {e.Message}");
        }
        catch (BadHttpRequestException e)
        {
            return (e.StatusCode, e.Message);
        }
        catch (IOException e)
        {
            // Some damage, of the packing or of chunks, is told so; a client that went away hears nothing anyway.
            return (400, $"The {(gzip is null ? "" : "compressed ")}body is broken: {e.Message}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
