using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Rest;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// The Filter stage of REST messages: method, path, query, headers and body by the agreement. What cannot be seen
/// (compressed bodies, types nobody listed) does not pass.
/// </summary>
internal static class RestPolicy
{
    private const string ContentType = "Content-Type";
    private const string FormType = "application/x-www-form-urlencoded";
    private static readonly HashSet<string> AlwaysCross = new(StringComparer.OrdinalIgnoreCase) { ContentType, "Accept" };

    /// <summary>A request by the request's list.</summary>
    public static Outcome<FilteredRest> Request(ExchangeRun run, RestMessage message)
    {
        var terms = run.Terms!;
        var most = AgreementLimits.Lower(run.Agreement!.Limits.RequestBytes, terms.Limits.RequestBytes);
        if (FieldPolicy.TooLarge(FieldList.Request, message.Body.Length, most) is { } tooLarge)
        {
            return tooLarge;
        }

        if (PathRefusal(terms, message.Method, message.RawPath) is { } refused)
        {
            return FieldPolicy.ToError(refused);
        }

        var removed = new List<RemovedField>();
        var query = message.RawQuery;
        if (!string.IsNullOrEmpty(query))
        {
            var result = QueryFilter.Apply(terms.RequestFields, Node(terms.RequestFields, "query"), "query", query, out query);
            if (result.Refusal is not null)
            {
                return FieldPolicy.ToError(result.Refusal);
            }

            removed.AddRange(result.Removed);
        }

        var headers = Headers(message.Headers, terms.RequestHeaders, removed);
        if (!Body(terms, FieldList.Request, terms.RestBodyFields, message, removed).TryGet(out var body, out var error))
        {
            return error;
        }

        run.Account?.Filtered(run, FieldList.Request, body.Length, removed);
        return new FilteredRest(message with { RawQuery = string.IsNullOrEmpty(query) && query != message.RawQuery ? null : query, Headers = headers, Body = body }, removed);
    }

    /// <summary>A response by the response's list. One that is an error goes by <see cref="FaultPolicy"/> instead.</summary>
    public static Outcome<FilteredRest> Response(ExchangeRun run, RestMessage message)
    {
        var terms = run.Terms!;
        var most = AgreementLimits.Lower(run.Agreement!.Limits.ResponseBytes, terms.Limits.ResponseBytes);
        if (FieldPolicy.TooLarge(FieldList.Response, message.Body.Length, most) is { } tooLarge)
        {
            return tooLarge;
        }

        var removed = new List<RemovedField>();
        var headers = Headers(message.Headers, terms.ResponseHeaders, removed);
        if (!Body(terms, FieldList.Response, terms.ResponseFields, message, removed).TryGet(out var body, out var error))
        {
            return error;
        }

        run.Account?.Filtered(run, FieldList.Response, body.Length, removed);
        return new FilteredRest(message with { Headers = headers, Body = body }, removed);
    }

    /// <summary>Headers that the agreement lists, and those without which a body cannot be read; nothing else crosses.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(IEnumerable<KeyValuePair<string, string>> headers, IReadOnlySet<string> listed, List<RemovedField> removed)
    {
        var kept = new List<KeyValuePair<string, string>>();
        var dropped = 0;
        foreach (var header in headers)
        {
            if (RestHeaderNames.IsDropped(header.Key))
            {
                continue; // Of one connection: no participant ever sees it.
            }

            if (listed.Contains(header.Key) || (AlwaysCross.Contains(header.Key) && MediaRange(header.Value) is not null))
            {
                kept.Add(AlwaysCross.Contains(header.Key) && !listed.Contains(header.Key) ? new(header.Key, MediaRange(header.Value)!) : header);
            }
            else
            {
                dropped++;
            }
        }

        if (dropped > 0)
        {
            // Not by name: the name of a header nobody listed may itself be data.
            removed.Add(new RemovedField("header/(unlisted)", dropped, Blanked: false));
        }

        return kept;
    }

    /// <summary>Why a method and path may not be called; null: they may.</summary>
    private static PolicyRefusal? PathRefusal(AgreementService terms, string method, string rawPath)
    {
        if (!RestPath.Check(rawPath).IsNone)
        {
            return QueryFilter.Ambiguous("path", "a path that every reader understands alike", "one that is not");
        }

        string[] segments = rawPath.Trim('/') is { Length: > 0 } path ? path.Split('/') : [];
        if (Array.Exists(segments, segment => !QueryFilter.TryDecode(segment.Replace("+", "%2B", StringComparison.Ordinal), out _)))
        {
            return QueryFilter.Ambiguous("path", "segments that are percent-encoded once, in UTF-8", "one that is not");
        }

        var values = Enumerable.Range(1, segments.Length).Select(position => position.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToList() as IReadOnlyList<string>;
        if (terms.Endpoints.Count > 0 && !terms.Endpoints.Any(endpoint => endpoint.Matches(method, segments, out values)))
        {
            return new PolicyRefusal("endpoint_not_listed", "path", string.Join(" or ", terms.Endpoints.Take(5)), $"{(method.Length is > 0 and <= 7 ? method : "another method")} and {segments.Length} segments", "Call one of the endpoints that the agreement lists, or have this one added.");
        }

        var parent = Node(terms.RequestFields, "path");
        foreach (var value in values)
        {
            if (Find(parent, value)?.Action != FieldAction.Allow)
            {
                return new PolicyRefusal("field_not_listed", "path/" + value, "only values that the agreement lists", "a path with a value that it does not list", "Leave the value out, or have it added to the list of the agreement.");
            }
        }

        return null;
    }

    /// <summary>True for a type whose body a list of fields is applied to: it is read into memory, any other need not be.</summary>
    public static bool IsRead(string? contentType) => MediaType(contentType) is var type && (IsJson(type) || type == FormType);

    private static bool IsJson(string type) => type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal);

    private static Outcome<RestBody> Body(AgreementService terms, string side, FieldList list, RestMessage message, List<RemovedField> removed)
    {
        if (message.Body.IsEmpty)
        {
            return message.Body;
        }

        if (message.Header("Content-Encoding") is { } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ContentTypeUnsupported) { Path = "Content-Encoding", Expected = "a body that is not compressed", Found = "another encoding", Remedy = "Send the body as it is: what cannot be read cannot be held against the agreement." };
        }

        var type = MediaType(message.Header(ContentType));
        if (IsJson(type) && message.Body.Spooled is null)
        {
            var (body, refusal) = FieldPolicy.Run(list, message.Body.Bytes);
            if (body is null)
            {
                return FieldPolicy.ToError(refusal!);
            }

            removed.AddRange(body.Removed);
            return (RestBody)body.Json;
        }

        if (type == FormType && side == FieldList.Request && message.Body.Spooled is null)
        {
            var result = QueryFilter.Apply(list, list.Flat, "body", Encoding.Latin1.GetString(message.Body.Span), out var pairs);
            if (result.Refusal is { } refusal)
            {
                return FieldPolicy.ToError(refusal);
            }

            removed.AddRange(result.Removed);
            return (RestBody)Encoding.Latin1.GetBytes(pairs!);
        }

        // A body of any other type is one value, listed as an attachment of the name "body" or not at all.
        var part = new AttachmentPart("body", null, type, message.Body.Length, message.Body.Head);
        return new AttachmentPolicy(terms, side).Take(part).TryGet(out var taken, out var error) && taken
            ? message.Body
            : error ?? AttachmentPolicy.NotListed("body");
    }

    private static FieldNode? Node(FieldList list, string name) => Find(list.Flat, name);

    private static FieldNode? Find(FieldNode? parent, string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        return parent?.Child(utf8, NameTable.Hash(utf8));
    }

    private static string MediaType(string? header) =>
        Tunduk.XRoad.Soap.MediaType.TryParse(header, out var parsed) ? parsed.Type : "";

    // Types and charset only: a parameter could carry anything.
    private static string? MediaRange(string value)
    {
        var ranges = new List<string>();
        foreach (var range in value.Split(','))
        {
            if (!Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(range.Trim(), out var media) || media.MediaType.Length > 100)
            {
                return null;
            }

            var charset = media.Charset.HasValue && media.Charset.Length <= 20 ? "; charset=" + media.Charset : "";
            ranges.Add(media.MediaType + charset);
        }

        return string.Join(", ", ranges);
    }
}
