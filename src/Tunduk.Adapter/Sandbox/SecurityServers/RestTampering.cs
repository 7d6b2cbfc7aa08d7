using Microsoft.AspNetCore.Http;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>Changes a REST answer on demand after the provider's server set its headers.</summary>
internal static class RestTampering
{
    public static IEnumerable<KeyValuePair<string, string>> Headers(IReadOnlyList<KeyValuePair<string, string>> headers, FaultPlan plan)
    {
        if (plan.IsEmpty)
        {
            return headers;
        }

        IReadOnlyList<string> stripped = plan.Find(SecurityServerFaultKind.StrippedHeaders)?.Headers ?? [];
        return headers
            .Where(header => !stripped.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
                && !(header.Key == "x-road-request-hash" && plan.Has(SecurityServerFaultKind.MissingHash)))
            .Select(header => header.Key switch
            {
                "x-road-request-hash" when plan.Has(SecurityServerFaultKind.WrongHash) => new(header.Key, new string('A', 86) + "=="),
                "x-road-id" when plan.Has(SecurityServerFaultKind.WrongEcho) => new(header.Key, Guid.NewGuid().ToString()),
                _ => header,
            });
    }

    public static async Task WriteAsync(HttpContext context, RestAnswer answer, FaultPlan plan, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        if (answer.BodyStream is { } stream)
        {
            await stream.CopyToAsync(whole, cancellationToken);
        }
        else
        {
            whole.Write(answer.Body.Span);
        }

        byte[] body = whole.ToArray();
        if (plan.Has(SecurityServerFaultKind.ForgedResponse))
        {
            Forge(body);
        }

        context.Response.ContentLength = body.Length;
        if (plan.Has(SecurityServerFaultKind.HalfAnswer))
        {
            await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(body, cancellationToken);
    }

    // The last digit becomes another: still JSON or text of the same shape.
    private static void Forge(byte[] body)
    {
        int digit = Array.FindLastIndex(body, static value => value is >= (byte)'0' and <= (byte)'9');
        if (digit >= 0)
        {
            body[digit] = body[digit] == (byte)'9' ? (byte)'0' : (byte)(body[digit] + 1);
        }
        else if (body.Length > 0)
        {
            body[^1] ^= 1;
        }
    }
}
