using Google.Protobuf;

namespace Tunduk.GrpcHosting;

/// <summary><c>google.rpc.Status</c> in the trailer <c>grpc-status-details-bin</c>: a status with typed details.</summary>
public static class RichStatus
{
    /// <summary>The trailer's name.</summary>
    public const string TrailerName = "grpc-status-details-bin";

    /// <summary>An exception with the status's code and message, and the whole of it as a trailer.</summary>
    public static RpcException ToRpcException(this Google.Rpc.Status status) => new(
        new Status((StatusCode)status.Code, status.Message),
        new Metadata { { TrailerName, status.ToByteArray() } });

    /// <summary>The rich status, or null if there is none, it cannot be read, or it contradicts the plain one.</summary>
    public static Google.Rpc.Status? GetRpcStatus(this RpcException exception)
    {
        if (exception.Trailers.GetValueBytes(TrailerName) is not { } bytes)
        {
            return null;
        }

        try
        {
            Google.Rpc.Status status = Google.Rpc.Status.Parser.ParseFrom(bytes);
            return status.Code == (int)exception.StatusCode ? status : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
