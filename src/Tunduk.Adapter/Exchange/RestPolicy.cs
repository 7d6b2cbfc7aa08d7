using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Filtering;
using Tunduk.Evidence.Http;
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
    private const int FirstError = 400;

    /// <summary>The path under which headers that nobody listed are counted.</summary>
    public const string UnlistedHeaders = "header/" + RemovedField.Unlisted;

    // What every client and server says of itself. It does not cross, and that is no removal of anything that was asked or handed over.
    private static readonly HashSet<string> OfTheProtocol = new(StringComparer.OrdinalIgnoreCase)
    {
        "accept-language", "accept-charset", "accept-encoding", "accept-ranges", "age", "allow", "alt-svc", "cache-control", "content-length", "content-language", "date", "dnt", "etag", "expires", "host",
        "if-match", "if-modified-since", "if-none-match", "if-unmodified-since", "last-modified", "max-forwards", "origin", "pragma", "priority", "referer", "server", "strict-transport-security",
        "user-agent", "vary", "via", "x-content-type-options", "x-correlation-id", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-frame-options", "x-powered-by", "x-real-ip",
        "x-request-id", "x-requested-with", "x-xss-protection", "traceparent", "tracestate", "baggage", "forwarded",
    };

    private static readonly HashSet<string> AlwaysCross = new(StringComparer.OrdinalIgnoreCase) { ContentType, "Accept" };

    /// <summary>A request by the request's list.</summary>
    public static Outcome<FilteredRest> Request(ExchangeRun run, RestMessage message) =>
        Judged(run, FieldList.Request, message, isError: false, Request(run.Terms!, FieldPolicy.Most(run, FieldList.Request), message), run.Shadow is { } shadow ? Request(shadow, most: null, message) : (Outcome<FilteredRest>?)null);

    /// <summary>A response by the response's list; the body of an error by <c>faults</c> (<see cref="FaultPolicy"/>).</summary>
    public static Outcome<FilteredRest> Response(ExchangeRun run, RestMessage message, int status = 200) =>
        Judged(run, FieldList.Response, message, status >= FirstError, Response(run.Terms!, FieldPolicy.Most(run, FieldList.Response), message, status), run.Shadow is { } shadow ? Response(shadow, most: null, message, status) : (Outcome<FilteredRest>?)null);

    private static Outcome<FilteredRest> Judged(ExchangeRun run, string side, RestMessage message, bool isError, Outcome<FilteredRest> outcome, Outcome<FilteredRest>? would)
    {
        var passes = outcome.TryGet(out var filtered, out _);
        if (would is { } other)
        {
            var wouldPass = other.TryGet(out _, out var refusal);
            run.Account?.Shadow(run, side, passes, wouldPass, refusal, () => RestDifference.Between(run.Terms!, run.Shadow!, side, message, isError));
        }

        if (passes)
        {
            run.Account?.Filtered(run, side, filtered!.Message.Body.Length, filtered.Removed);
        }

        return outcome;
    }

    private static Outcome<FilteredRest> Request(AgreementService terms, int? most, RestMessage message)
    {
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

        var headers = Headers(message.Headers, terms.RequestHeaders, removed, terms);
        if (Unwritable(headers) is { } unwritable)
        {
            return unwritable;
        }

        if (!Body(terms, FieldList.Request, terms.RestBodyFields, message, removed).TryGet(out var body, out var error))
        {
            return error;
        }

        return new FilteredRest(message with { RawQuery = string.IsNullOrEmpty(query) && query != message.RawQuery ? null : query, Headers = headers, Body = body }, removed);
    }

    private static Outcome<FilteredRest> Response(AgreementService terms, int? most, RestMessage message, int status)
    {
        if (FieldPolicy.TooLarge(FieldList.Response, message.Body.Length, most) is { } tooLarge)
        {
            return tooLarge;
        }

        var removed = new List<RemovedField>();
        var headers = Headers(message.Headers, terms.ResponseHeaders, removed, terms);
        if (Unwritable(headers) is { } unwritable)
        {
            return unwritable;
        }

        RestBody body;
        if (status >= FirstError)
        {
            var told = FaultPolicy.Rest(terms, IsReadableJson(message) ? message.Body.Bytes : FaultPolicy.Unreadable(message.Body.IsEmpty));
            removed.AddRange(told.Removed);
            body = told.Json;
        }
        else if (Body(terms, FieldList.Response, terms.ResponseFields, message, removed).TryGet(out var filtered, out var error))
        {
            body = filtered;
        }
        else
        {
            return error;
        }

        return new FilteredRest(message with { Headers = headers, Body = body }, removed);
    }

    /// <summary>Headers that the agreement lists, and those without which a body cannot be read; nothing else crosses.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(IEnumerable<KeyValuePair<string, string>> headers, IReadOnlySet<string> listed, List<RemovedField> removed, AgreementService? terms = null)
    {
        var kept = new List<KeyValuePair<string, string>>();
        var dropped = 0;
        foreach (var header in headers)
        {
            if (RestHeaderNames.IsDropped(header.Key))
            {
                continue; // Of one connection: no participant ever sees it.
            }

            if (listed.Contains(header.Key))
            {
                kept.Add(header);
            }
            else if (AlwaysCross.Contains(header.Key))
            {
                if (MediaRange(header.Value, terms, header.Key.Equals(ContentType, StringComparison.OrdinalIgnoreCase)) is { } range)
                {
                    kept.Add(new(header.Key, range));
                }
            }
            else if (!OfTheProtocol.Contains(header.Key))
            {
                dropped++;
            }
        }

        if (dropped > 0)
        {
            // Not by name: the name of a header nobody listed may itself be data.
            removed.Add(new RemovedField(UnlistedHeaders, dropped, Blanked: false));
        }

        return kept;
    }

    /// <summary>The refusal of a header that may cross and cannot be written; null: all can.</summary>
    public static ExchangeError? Unwritable(IEnumerable<KeyValuePair<string, string>> headers) => HttpFieldText.FirstUnwritable(headers) is { } name
        ? new ExchangeError(ExchangeStage.Decode, ExchangeCodes.HeaderInvalid) { Path = name, Expected = RefusalPhrases.Of("visible_ascii_characters"), Found = RefusalPhrases.Of("another_character") }
        : null;

    /// <summary>Why a method and path may not be called; null: they may.</summary>
    public static PolicyRefusal? PathRefusal(AgreementService terms, string method, string rawPath)
    {
        if (!RestPath.Check(rawPath).IsNone)
        {
            return QueryFilter.Ambiguous("path", RefusalPhrases.Of("path_that_every_reader_understands_alike"), RefusalPhrases.Of("one_that_is_not"));
        }

        string[] segments = rawPath.Trim('/') is { Length: > 0 } path ? path.Split('/') : [];
        if (Array.Exists(segments, segment => !QueryFilter.TryDecode(segment.Replace("+", "%2B", StringComparison.Ordinal), out _)))
        {
            return QueryFilter.Ambiguous("path", RefusalPhrases.Of("segments_that_are_percent_encoded_once"), RefusalPhrases.Of("one_that_is_not"));
        }

        var values = Enumerable.Range(1, segments.Length).Select(position => position.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToList() as IReadOnlyList<string>;
        if (terms.Endpoints.Count > 0 && !terms.Endpoints.Any(endpoint => endpoint.Matches(method, segments, out values)))
        {
            return new PolicyRefusal("endpoint_not_listed", "path", string.Join(RefusalPhrases.Of("or"), terms.Endpoints.Take(5)), RefusalPhrases.Of("and_segments", method.Length is > 0 and <= 7 ? method : RefusalPhrases.Of("another_method"), segments.Length), RefusalPhrases.Of("call_one_of_endpoints_that_agreement"));
        }

        var parent = Node(terms.RequestFields, "path");
        foreach (var value in values)
        {
            if (Find(parent, value)?.Action != FieldAction.Allow)
            {
                return new PolicyRefusal("field_not_listed", "path/" + value, RefusalPhrases.Of("only_values_that_agreement_lists"), RefusalPhrases.Of("path_with_value_that_it_does_not_list"), RefusalPhrases.Of("leave_value_out_or_have_it_added_to_list"));
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
            return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ContentTypeUnsupported) { Path = "Content-Encoding", Expected = RefusalPhrases.Of("body_that_is_not_compressed"), Found = RefusalPhrases.Of("another_encoding"), Remedy = RefusalTexts.Remedy(ExchangeCodes.ContentTypeUnsupported, "encoding") };
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
        var policy = new AttachmentPolicy(terms, side);
        return policy.Take(part).TryGet(out var taken, out var error) && taken
            ? message.Body
            : error ?? policy.RefusalOfBody(part);
    }

    public static bool IsReadableJson(RestMessage message) =>
        message.Header("Content-Encoding") is null or "identity" && MediaType(message.Header(ContentType)) is var type && IsJson(type) && message.Body.Spooled is null;

    private static FieldNode? Node(FieldList list, string name) => Find(list.Flat, name);

    private static FieldNode? Find(FieldNode? parent, string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        return parent?.Child(utf8, NameTable.Hash(utf8));
    }

    private static string MediaType(string? header) =>
        Tunduk.XRoad.Soap.MediaType.TryParse(header, out var parsed) ? parsed.Type : "";

    // Types that everybody has, those the agreement lists, and a charset: any other name or parameter could carry anything.
    private static string? MediaRange(string value, AgreementService? terms, bool ofBody)
    {
        var ranges = new List<string>();
        foreach (var range in value.Split(','))
        {
            if (!Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(range.Trim(), out var media))
            {
                return null;
            }

            var type = media.MediaType.ToString().ToLowerInvariant();
            if (!MediaTypes.IsCommon(type) && terms?.Attachments.Any(rule => rule.Types.Contains(type, StringComparer.Ordinal)) != true)
            {
                if (!ofBody || !type.EndsWith("+json", StringComparison.Ordinal))
                {
                    continue;
                }

                // A type of one's own is JSON to whoever does not know it (RFC 6839 §3.1).
                type = "application/json";
            }

            var charset = media.Charset.HasValue && MediaTypes.IsCharset(media.Charset.ToString()) ? "; charset=" + media.Charset : "";
            ranges.Add(type + charset);
        }

        return ranges.Count == 0 ? null : string.Join(", ", ranges);
    }
}
