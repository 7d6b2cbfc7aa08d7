using System.Buffers;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Rest;

/// <summary>
/// The request target of a REST message: <c>/r1/{instance}/{class}/{member}/{subsystem}/{serviceCode}[/path][?query]</c> (PR-REST 4.2).
/// Each identifier part is percent-encoded by itself; path and query are kept raw, byte for byte.
/// </summary>
public readonly record struct RestTarget
{
    /// <summary>Longest target accepted, in characters; PR-REST advises 2,000 and security servers take more.</summary>
    public const int MaxLength = 8192;

    private static readonly SearchValues<char> s_allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%[]|\"{}^`\\");

    private RestTarget(ServiceId service, string rawPath, string? rawQuery)
    {
        Service = service;
        RawPath = rawPath;
        RawQuery = rawQuery;
    }

    /// <summary>Provider and service code; a REST service has no version.</summary>
    public ServiceId Service { get; }

    /// <summary>What follows the service code, with its leading slash; empty when nothing does.</summary>
    public string RawPath { get; }

    /// <summary>What follows the question mark; null without one, empty when nothing follows it.</summary>
    public string? RawQuery { get; }

    /// <summary>Raw path and query after the service code, as they go on to the provider's base address.</summary>
    public string RawPathAndQuery => RawQuery is null ? RawPath : $"{RawPath}?{RawQuery}";

    /// <summary>The target a client sends to its security server.</summary>
    public string ToRequestTarget() => $"/r1/{Service.ToEncodedPath()}{RawPathAndQuery}";

    /// <summary>Service and lengths only: members put personal numbers into paths and queries.</summary>
    public override string ToString() => $"{Service}, path of {RawPath?.Length ?? 0} and query of {RawQuery?.Length ?? 0} characters";

    /// <summary>
    /// Reads a raw request target. Refused by name: a wrong number of parts, identifiers outside the rules after decoding, control
    /// characters, a fragment, and a path that could mean something else to the next reader (<see cref="RestPath.Check"/>).
    /// </summary>
    public static bool TryParse(
        string? rawTarget,
        IdentifierRules rules,
        out RestTarget target,
        out ProtocolFault fault,
        bool allowEncodedSlash = false)
    {
        target = default;
        fault = CheckText(rawTarget);
        if (!fault.IsNone)
        {
            return false;
        }

        int question = rawTarget!.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? rawTarget : rawTarget[..question];
        string? query = question < 0 ? null : rawTarget[(question + 1)..];
        string[] parts = path.Split('/', 8);

        // "", "r1", instance, class, member, subsystem, service[, rest]
        if (parts.Length < 7 || parts[0].Length != 0 || parts[1] != "r1")
        {
            fault = new ProtocolFault("rest-path-shape", XRoadFaultCode.InternalError, "path", "/r1/{instance}/{class}/{member}/{subsystem}/{serviceCode}", Phrases.Of("Rest.AnotherShape"));
            return false;
        }

        for (int i = 2; i < 7; i++)
        {
            if (!IdentifierText.TryDecode(parts[i], "path", out parts[i], out IdentifierFault encoding))
            {
                fault = ProtocolFault.Of(encoding, XRoadFaultCode.BadRequest, "path");
                return false;
            }
        }

        if (!ClientId.TryCreate(parts[2], parts[3], parts[4], parts[5], rules, out ClientId provider, out IdentifierFault wrong)
            || !ServiceId.TryCreate(provider, parts[6], null, rules, out ServiceId service, out wrong))
        {
            fault = ProtocolFault.Of(wrong, XRoadFaultCode.BadRequest, "path");
            return false;
        }

        string rawPath = parts.Length == 8 ? $"/{parts[7]}" : string.Empty;
        fault = RestPath.Check(rawPath, allowEncodedSlash);
        if (!fault.IsNone)
        {
            return false;
        }

        target = new RestTarget(service, rawPath, query);
        return true;
    }

    /// <summary>For a call made here; the same checks.</summary>
    public static bool TryCreate(
        ServiceId service,
        string rawPath,
        string? rawQuery,
        out RestTarget target,
        out ProtocolFault fault,
        bool allowEncodedSlash = false)
    {
        target = default;
        fault = rawPath.Length > 0 && rawPath[0] != '/'
            ? new ProtocolFault("rest-path-shape", XRoadFaultCode.BadRequest, "path", Phrases.Of("Rest.LeadingSlash"), Phrases.Of("Rest.None"))
            : ProtocolFault.None;
        if (fault.IsNone && rawPath.Contains('?', StringComparison.Ordinal))
        {
            fault = new ProtocolFault("rest-path-shape", XRoadFaultCode.BadRequest, "path", Phrases.Of("Rest.QueryItself"), Phrases.Of("Rest.QuestionMarkPath"));
        }

        fault = fault.IsNone ? CheckText($"{rawPath}?{rawQuery}") : fault;
        fault = fault.IsNone ? RestPath.Check(rawPath, allowEncodedSlash) : fault;
        if (!fault.IsNone)
        {
            return false;
        }

        target = new RestTarget(service, rawPath, rawQuery);
        return true;
    }

    private static ProtocolFault CheckText(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return new ProtocolFault("rest-path-shape", XRoadFaultCode.BadRequest, "path", Phrases.Of("Rest.Path"), Phrases.Of("Rest.Nothing"));
        }

        if (text.Length > MaxLength)
        {
            return new ProtocolFault("rest-target-too-long", XRoadFaultCode.BadRequest, "path", Phrases.Of("Rest.MostCharacters", MaxLength), Phrases.Of("Rest.Characters", text.Length));
        }

        int at = text.AsSpan().IndexOfAnyExcept(s_allowed);
        return at < 0
            ? ProtocolFault.None
            : new ProtocolFault("rest-target-character", XRoadFaultCode.BadRequest, "path", Phrases.Of("Rest.CharactersUri"), text[at] == '#' ? Phrases.Of("Rest.Fragment") : Phrases.Of("Rest.AnotherCharacterPosition", at));
    }
}
