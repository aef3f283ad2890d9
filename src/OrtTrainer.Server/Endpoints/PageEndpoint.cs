using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace OrtTrainer.Server.Endpoints;

/// <summary>The page to try the model on: one file that loads nothing from elsewhere, and may not.</summary>
internal static class PageEndpoint
{
    private static readonly byte[] Page = Read();

    private static readonly string Policy =
        $"default-src 'none'; script-src {HashOf("script")}; style-src {HashOf("style")}; connect-src 'self'; "
        + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Sends the page.</summary>
    public static Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        HttpResponse response = context.Response;
        if (!request.Path.Value!.EndsWith('/'))
        {
            // What the page asks for lies beside it.
            response.Redirect($"{request.PathBase}{request.Path}/{request.QueryString}");
            return Task.CompletedTask;
        }

        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-cache";
        response.ContentLength = Page.Length;
        return response.Body.WriteAsync(Page, context.RequestAborted).AsTask();
    }

    private static byte[] Read()
    {
        using Stream stream =
            typeof(PageEndpoint).Assembly.GetManifestResourceStream("OrtTrainer.Server.Page.index.html")!;
        byte[] page = new byte[stream.Length];
        stream.ReadExactly(page);

        // Browsers hash what they read, with line breaks as HTML has them.
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(page).ReplaceLineEndings("\n"));
    }

    private static string HashOf(string element)
    {
        string page = Encoding.UTF8.GetString(Page);
        int start = page.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        int end = page.IndexOf($"</{element}>", start, StringComparison.Ordinal);
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(page[start..end])))}'";
    }
}
