using Tunduk.Adapter.SecurityServers;
using Tunduk.XRoad.Rest;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>The Filter stage of REST: <see cref="RestPolicy"/>, and what stands in its place for metaservices.</summary>
internal static class RestFilter
{
    /// <summary>A request by the request's list.</summary>
    public static Outcome<FilteredRest> Request(ExchangeRun run, ReceivedRest request, RestTarget target)
    {
        var message = new RestMessage(request.Method, target.RawPath, target.RawQuery, RestCrossing.Others(request.Headers), request.Body);
        return run.Terms is null
            ? new FilteredRest(message with { Headers = RestPolicy.Headers(message.Headers, Nothing, []) }, [])
            : Checked(RestPolicy.Request(run, message));
    }

    /// <summary>An answer by the response's list; a metaservice's passes whole.</summary>
    public static Outcome<FilteredRest> Response(ExchangeRun run, SecurityServerReply reply)
    {
        var message = new RestMessage("", "", null, RestCrossing.Others(reply.Headers), reply.Content);
        return run.Terms is null
            ? new FilteredRest(message with { Headers = RestPolicy.Headers(message.Headers, Nothing, []) }, [])
            : Checked(RestPolicy.Response(run, message, reply.Status));
    }

    /// <summary>What is left as values for the archive: a JSON body; of any other only what was removed is named.</summary>
    public static FilteredBody ToBody(FilteredRest filtered)
    {
        var isJson = MediaType.TryParse(filtered.Message.Header("Content-Type"), out var type) && (type.Type == "application/json" || type.Type.EndsWith("+json", StringComparison.Ordinal));
        return new FilteredBody(isJson ? filtered.Message.Body.Bytes : default, filtered.Removed);
    }

    private static IReadOnlySet<string> Nothing { get; } = new HashSet<string>(StringComparer.Ordinal);

    // A body that is gone takes its headers along.
    private static Outcome<FilteredRest> Checked(Outcome<FilteredRest> outcome) =>
        outcome.TryGet(out var filtered, out _) && filtered.Message.Body.IsEmpty
            ? filtered with { Message = filtered.Message with { Headers = [.. filtered.Message.Headers.Where(header => !RestCrossing.IsContent(header.Key))] } }
            : outcome;
}
