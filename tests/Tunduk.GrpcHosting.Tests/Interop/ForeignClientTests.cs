namespace Tunduk.GrpcHosting.Tests.Interop;

/// <summary>The cases of the gRPC interoperability test description, run by clients this project has no part in.</summary>
public sealed class ForeignClientTests(JudgeRuns runs) : IClassFixture<JudgeRuns>
{
    public static TheoryData<string> Cases =>
    [
        "empty_unary", "large_unary", "client_compressed_unary", "server_compressed_unary", "client_streaming", "server_streaming",
        "server_compressed_streaming", "ping_pong", "empty_stream", "custom_metadata", "status_code_and_message", "special_status_message",
        "unimplemented_method", "unimplemented_service", "cancel_after_begin", "cancel_after_first_response", "timeout_on_sleeping_server",
        "concurrent_large_unary", "rich_status", "message_too_large", "health", "reflection",
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_PythonGrpcio_Passes(string name) => runs.Python.GetValueOrDefault(name, "not run: " + runs.Python["stderr"]).ShouldBe("PASS " + name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_NodeGrpcJs_Passes(string name) => runs.Node.GetValueOrDefault(name, "not run: " + runs.Node["stderr"]).ShouldBe("PASS " + name);
}
