using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Callers;

/// <summary>
/// Every route and every RPC of every listener, as a running adapter has them, against every role. A new one without a rule here
/// fails: nothing is reachable of which nobody said for whom.
/// </summary>
public sealed class AccessMatrixTests
{
    private const string Open = "open";
    private const string Known = "is operations auditor approver tunduk-operator";
    private const string RpcLook = """{"purpose":"matrix","record":"0011223344556677-000000000042"}""";
    private const string Look = """{"purpose":"matrix"}""";
    private static readonly string[] Roles = Known.Split(' ');

    /// <summary>Who may: any of these roles; anybody at all; or whom TLS let connect.</summary>
    private static readonly Dictionary<string, string> Rules = new(StringComparer.Ordinal)
    {
        ["Is POST /"] = "is",
        ["Is POST /cgi-bin/consumer_proxy"] = "is",
        ["Is ANY /r1/{**rest}"] = "is",
        ["Is ANY /listClients"] = "is",
        ["Is GET /docs/refusals"] = Open,
        ["Is GET /docs/refusals/{code}"] = Open,
        ["Is POST /v1/services/{alias}"] = "is",
        ["Is POST /v1/services/{alias}/{operation}"] = "is",
        ["Is POST /v1/diagnose/{alias}"] = "is",
        ["Is POST /v1/diagnose/{alias}/{operation}"] = "is",
        ["Is ANY /v1/services/{alias}/rest/{**rest}"] = "is",
        ["Is ANY /v1/diagnose/{alias}/rest/{**rest}"] = "is",
        ["Is GET /v1/services"] = "is",
        ["Is GET /v1/services/{alias}/openapi.json"] = "is",
        ["Is GET /v1/services/{alias}/service.proto"] = "is",
        ["Is GET /v1/services/{alias}/example"] = "is",
        ["Is GET /v1/services/{alias}/{operation}/example"] = "is",
        ["Grpc POST /grpc.health.v1.Health/Check"] = Open,
        ["Grpc POST /grpc.health.v1.Health/Watch"] = Open,
        ["Grpc POST /grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = Known,
        ["Grpc POST /tunduk.adapter.v1.Exchange/Call"] = "is",
        ["Grpc POST /tunduk.adapter.v1.Exchange/CallWithAttachments"] = "is",
        ["Grpc POST /tunduk.adapter.v1.Exchange/Diagnose"] = "is",
        ["Grpc POST /tunduk.adapter.v1.Exchange/ListServices"] = "is",
        ["Grpc POST /tunduk.services.getPerson.GetPerson/GetPerson_v1"] = "is",
        ["Grpc POST /tunduk.adapter.v1.Archive/Search"] = "auditor",
        ["Grpc POST /tunduk.adapter.v1.Archive/Get"] = "auditor",
        ["Grpc POST /tunduk.adapter.v1.Archive/Prove"] = "auditor",
        ["Grpc POST /tunduk.adapter.v1.Archive/Explain"] = "auditor operations",
        ["Grpc POST /tunduk.adapter.v1.Archive/Export"] = "auditor",
        ["SecurityServer POST /soap"] = Open,
        ["SecurityServer ANY /rest/{service}/{**path}"] = Open,
        ["SecurityServer GET /wsdl/{service}"] = Open,
        ["SecurityServer GET /openapi/{service}"] = Open,
        ["Admin GET /health/live"] = Open,
        ["Admin GET /health/ready"] = Open,
        ["Admin GET /metrics"] = Open,
        ["Admin GET /docs/refusals"] = Open,
        ["Admin GET /docs/refusals/{code}"] = Open,
        ["Admin GET /v1/operational-data"] = "tunduk-operator operations",
        ["Admin POST /v1/archive/search"] = "auditor",
        ["Admin POST /v1/archive/records/{record}"] = "auditor",
        ["Admin POST /v1/archive/prove/{record}"] = "auditor",
        ["Admin POST /v1/archive/explain/{record}"] = "auditor operations",
        ["Admin POST /v1/archive/export"] = "auditor",
        ["Admin POST /v1/archive/hold"] = "auditor",
        ["Admin POST /v1/archive/holds"] = "auditor",
        ["Admin POST /v1/archive/erase"] = "auditor",
        ["Admin POST /v1/archive/purge"] = "auditor",
        ["Admin POST /v1/archive/trust"] = "auditor operations",
        ["Admin POST /v1/agreements/status"] = "operations auditor",
        ["Admin POST /v1/agreements/suspend"] = "operations",
        ["Admin POST /v1/agreements/lift"] = "operations",
        ["Admin POST /v1/agreements/test"] = "auditor",
    };

    [Fact]
    public async Task EveryRoute_EveryRole_IsLetInAsTheRulesSayAndNoOther()
    {
        using var dead = new DeadAddress();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = dead.Uri, Consumer = Change });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var routes = new List<(string Name, ListenerKind Listener, RouteEndpoint Route)>();
        foreach (var listener in Enum.GetValues<ListenerKind>())
        {
            routes.AddRange(world.Consumer.EndpointsOf(listener).OfType<RouteEndpoint>().Where(IsNamed).Select(route => (NameOf(listener, route), listener, route)));
        }

        routes.Select(route => route.Name).Except(Rules.Keys).ShouldBeEmpty("a way in without a rule");
        Rules.Keys.Except(routes.Select(route => route.Name)).ShouldBeEmpty("a rule of nothing");
        foreach (var (name, listener, route) in routes)
        {
            var rule = Rules[name];
            foreach (var role in Roles.Prepend(null))
            {
                var told = await AskAsync(http, AddressOf(world, listener), listener, route, role);

                var what = $"{name} by {role ?? "nobody"}: {told}";
                if (rule == Open || (role is not null && rule.Split(' ').Contains(role, StringComparer.Ordinal)))
                {
                    told.ShouldNotContain("caller_unknown", Case.Sensitive, what);
                    told.ShouldNotContain("caller_not_permitted", Case.Sensitive, what);
                }
                else
                {
                    told.ShouldContain(role is null ? "caller_unknown" : "caller_not_permitted", Case.Sensitive, what);
                }
            }
        }

        // What no route has is nobody's without a key either.
        foreach (var path in new[] { "/no.such.Service/Method", "/tunduk.adapter.v1.Archive/NoSuchMethod", "/grpc.health.v1.health/Check" })
        {
            (await AskRpcAsync(http, world.Consumer.GrpcAddress!, path, new byte[5], role: null)).ShouldContain("caller_unknown", Case.Sensitive, path);
        }
    }

    private static void Change(JsonObject options)
    {
        var callers = (JsonArray)options["Callers"]!;
        foreach (var role in Roles)
        {
            callers.Add(EndToEnd.Caller("only-" + role, KeyOf(role), [role], [SandboxNames.Consumer]));
        }

        options["Services"] = new JsonObject { ["getPerson"] = options["Services"]!["getPerson"]!.DeepClone() };
        options["Listen"]!["AllowSecurityServerUnauthenticated"] = true;
        options["Listen"]!["SecurityServer"] = new JsonObject { ["Address"] = "http://127.0.0.1:0" };
    }

    private static string KeyOf(string role) => "key-of-" + role;

    // gRPC has routes for what is not there: they are asked below.
    private static bool IsNamed(RouteEndpoint route) => !route.RoutePattern.RawText!.Contains("unimplemented", StringComparison.Ordinal);

    private static string NameOf(ListenerKind listener, RouteEndpoint route)
    {
        var methods = route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        return $"{listener} {(methods.Count == 0 ? "ANY" : string.Join('|', methods))} /{route.RoutePattern.RawText!.TrimStart('/')}";
    }

    private static Uri AddressOf(TestWorld world, ListenerKind listener) => listener switch
    {
        ListenerKind.Is => world.Consumer.IsAddress!,
        ListenerKind.Grpc => world.Consumer.GrpcAddress!,
        ListenerKind.SecurityServer => world.Consumer.SecurityServerAddress!,
        _ => world.Consumer.AdminAddress!,
    };

    private static async Task<string> AskAsync(HttpClient http, Uri address, ListenerKind listener, RouteEndpoint route, string? role)
    {
        var path = "/" + route.RoutePattern.RawText!.TrimStart('/')
            .Replace("{alias}", "getPerson", StringComparison.Ordinal)
            .Replace("{record}", "0011223344556677-000000000042", StringComparison.Ordinal)
            .Replace("{code}", "json_malformed", StringComparison.Ordinal);
        path = System.Text.RegularExpressions.Regex.Replace(path, @"\{\*{0,2}\w+\}", "x", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        if (listener == ListenerKind.Grpc)
        {
            var message = route.Metadata.GetMetadata<MethodDescriptor>() is { InputType.Parser: not null } method ? new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true)).Parse(RpcLook, method.InputType).ToByteArray() : [];
            return await AskRpcAsync(http, address, path, [0, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message], role);
        }

        var methods = route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];
        using var request = new HttpRequestMessage(new HttpMethod(methods[0]), new Uri(address, path));
        if (methods[0] == HttpMethods.Post)
        {
            request.Content = path is "/" or "/cgi-bin/consumer_proxy"
                ? new StringContent(Envelopes.UnsignedText(), Encoding.UTF8, "text/xml")
                : TestWorld.Json(listener != ListenerKind.Admin ? TestPersons.Request : path.StartsWith("/v1/agreements", StringComparison.Ordinal) ? "{}" : Look);
        }

        if (role is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + KeyOf(role));
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK && methods[0] == HttpMethods.Get ? "answered" : text;
    }

    // The code of the refusal stands in the details of the status; a stream that goes on has been let in.
    private static async Task<string> AskRpcAsync(HttpClient http, Uri address, string path, byte[] frame, string? role)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(frame) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (role is not null)
        {
            request.Headers.TryAddWithoutValidation("authorization", "Bearer " + KeyOf(role));
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (path.EndsWith("/Watch", StringComparison.Ordinal))
        {
            return response.Headers.Contains("grpc-status") ? "ended" : "watching";
        }

        await response.Content.ReadAsByteArrayAsync();
        var details = response.Headers.NonValidated.Concat(response.TrailingHeaders.NonValidated).Where(header => header.Key == "grpc-status-details-bin").Select(header => header.Value.ToString()).SingleOrDefault();
        if (details is null)
        {
            return "status " + (response.TrailingHeaders.TryGetValues("grpc-status", out var status) ? status.Single() : "none");
        }

        var read = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        return read.Details[0].Unpack<V1.Refusal>().Code;
    }
}
