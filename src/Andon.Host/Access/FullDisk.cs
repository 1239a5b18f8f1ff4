using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Host.Access;

/// <summary>What people ask for while the facts' disk is full is refused for now, and said; reads go on.</summary>
static class FullDisk
{
    public const int RetryAfterSeconds = 10;

    public static void UseFullDiskAnswer(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
        }
        catch (FactLogFullException e) when (!http.Response.HasStarted)
        {
            var finding = new Finding("INT300", e.Message, "Nothing of it was stored. Free space on the disk of the data folder, then ask again; reading goes on meanwhile.", "facts.db");
            http.RequestServices.GetRequiredService<IFindings>().Raise("facts", finding);
            http.Response.Clear();
            http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            await TypedResults.Json(finding, statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(http);
        }
    });
}
