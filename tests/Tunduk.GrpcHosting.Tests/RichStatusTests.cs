using Google.Protobuf;

namespace Tunduk.GrpcHosting.Tests;

public sealed class RichStatusTests
{
    [Fact]
    public void GetRpcStatus_WhatWasSent_IsRead()
    {
        Google.Rpc.Status status = new() { Code = 9, Message = "no agreement" };
        RpcException e = status.ToRpcException();
        e.Status.ShouldBe(new Status(StatusCode.FailedPrecondition, "no agreement"));
        e.GetRpcStatus().ShouldBe(status);
    }

    [Fact]
    public void GetRpcStatus_NoTrailer_IsNull() => new RpcException(StatusCode.NotFound, "").GetRpcStatus().ShouldBeNull();

    [Fact]
    public void GetRpcStatus_TrailerThatContradictsTheStatus_IsNull() =>
        With(new Google.Rpc.Status { Code = 5 }.ToByteArray()).GetRpcStatus().ShouldBeNull();

    [Fact]
    public void GetRpcStatus_TrailerThatIsNoMessage_IsNull() => With([0xff]).GetRpcStatus().ShouldBeNull();

    private static RpcException With(byte[] trailer) =>
        new(new Status(StatusCode.Aborted, ""), new Metadata { { RichStatus.TrailerName, trailer } });
}
