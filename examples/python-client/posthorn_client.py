#!/usr/bin/env python3
"""A Posthorn client on plain generated stubs: copy what you need.

    pip install -r requirements.txt
    python posthorn_client.py predict localhost:8500 iris --input x.npy
    python posthorn_client.py predict localhost:8500 shop --input price=p.npy --input colour=c.json --output answers/
    python posthorn_client.py stream  localhost:8500 iris --input x.npy --batch 32 --output y.npy
    python posthorn_client.py trace   localhost:8500 iris --input x.npy --output layers.npz
    python posthorn_client.py load    localhost:8500 mine --weights weights.npz --activations relu,relu,linear
    python posthorn_client.py models  localhost:8500

Arrays are numpy's; strings are arrays of str (dtype object). The exit code is 0, 2 for wrong usage, 3 if the server refuses
the model or the input, 4 if it cannot be reached.
"""

import argparse
import json
import pathlib
import sys

import grpc
import numpy as np
from google.rpc import error_details_pb2
from grpc_status import rpc_status

HERE = pathlib.Path(__file__).resolve().parent
STUBS = HERE / "generated"


def generate_stubs():
    """Makes the stubs from the .proto files, once. By hand: python -m grpc_tools.protoc, with the same arguments."""
    from grpc_tools import protoc

    protos = HERE.parent.parent / "proto" / "src" / "main" / "proto"
    STUBS.mkdir(exist_ok=True)
    files = [str(path) for path in sorted(protos.glob("posthorn/v1/*.proto"))]
    google = pathlib.Path(protoc.__file__).parent / "_proto"  # google/protobuf/timestamp.proto
    arguments = [f"-I{protos}", f"-I{google}", f"--python_out={STUBS}", f"--pyi_out={STUBS}", f"--grpc_python_out={STUBS}"]
    if not files or protoc.main(["protoc", *arguments, *files]) != 0:
        raise SystemExit(f"posthorn_client: cannot generate the stubs from {protos}")


if not (STUBS / "posthorn" / "v1" / "model_pb2_grpc.py").exists():
    generate_stubs()
sys.path.insert(0, str(STUBS))

from posthorn.v1 import inference_pb2 as inference  # noqa: E402
from posthorn.v1 import inference_pb2_grpc as inference_grpc  # noqa: E402
from posthorn.v1 import model_pb2 as model_messages  # noqa: E402
from posthorn.v1 import model_pb2_grpc as model_grpc  # noqa: E402
from posthorn.v1 import tensor_pb2 as tensors  # noqa: E402

MESSAGE_LIMIT = 16 << 20  # as the server's; gRPC's own is 4 MiB

TYPES = {
    tensors.DATA_TYPE_BOOL: "bool",
    tensors.DATA_TYPE_INT8: "int8",
    tensors.DATA_TYPE_INT16: "int16",
    tensors.DATA_TYPE_INT32: "int32",
    tensors.DATA_TYPE_INT64: "int64",
    tensors.DATA_TYPE_UINT8: "uint8",
    tensors.DATA_TYPE_UINT16: "uint16",
    tensors.DATA_TYPE_UINT32: "uint32",
    tensors.DATA_TYPE_FLOAT16: "float16",
    tensors.DATA_TYPE_FLOAT32: "float32",
    tensors.DATA_TYPE_FLOAT64: "float64",
}
NUMBERS = {name: number for number, name in TYPES.items()}


class PosthornError(Exception):
    """What the server said went wrong: reason is stable (INVALID_INPUT_SHAPE), metadata has the facts."""

    def __init__(self, code, reason, message, metadata):
        super().__init__(message)
        self.code, self.reason, self.metadata = code, reason, dict(metadata)

    @staticmethod
    def of_failure(failure):
        return PosthornError(failure.code, failure.reason, failure.message, failure.metadata)

    @staticmethod
    def of_call(error):
        code = error.code()
        reason, metadata = code.name, {}
        status = rpc_status.from_call(error) if error.trailing_metadata() is not None else None
        for detail in status.details if status else []:
            info = error_details_pb2.ErrorInfo()
            if detail.Unpack(info):
                reason, metadata = info.reason, info.metadata
        return PosthornError(code.value[0], reason, error.details(), metadata)


def to_tensor(name, array):
    """An array as the wire has it: numbers as little-endian bytes, strings as strings."""
    array = np.asarray(array)
    tensor = tensors.Tensor(name=name, shape=array.shape)
    if array.dtype.kind in "OSU":
        tensor.data_type = tensors.DATA_TYPE_STRING
        tensor.string_values.extend(v.decode() if isinstance(v, bytes) else str(v) for v in array.ravel())
        return tensor
    if array.dtype.name not in NUMBERS:
        raise ValueError(f"input '{name}': no type of the wire is like numpy's {array.dtype}; convert it, e.g. to float32")
    tensor.data_type = NUMBERS[array.dtype.name]
    tensor.raw = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()
    return tensor


def to_array(tensor):
    """A tensor of the wire, raw or typed, as an array."""
    shape = tuple(tensor.shape)
    if tensor.data_type == tensors.DATA_TYPE_STRING:
        return np.array(list(tensor.string_values), dtype=object).reshape(shape)
    if tensor.data_type == tensors.DATA_TYPE_BFLOAT16:
        halves = np.frombuffer(tensor.raw, dtype="<u2").astype(np.uint32)
        return (halves << 16).view(np.float32).reshape(shape)
    dtype = np.dtype(TYPES[tensor.data_type]).newbyteorder("<")
    if tensor.raw:
        return np.frombuffer(tensor.raw, dtype=dtype).astype(dtype.newbyteorder("=")).reshape(shape)
    values = tensor.float_values or tensor.double_values or tensor.int_values or tensor.bool_values
    return np.array(list(values), dtype=dtype.newbyteorder("=")).reshape(shape)


def connect(address):
    """A channel to HOST:PORT, for all that follows. Use it in a with statement, or close it."""
    options = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    return grpc.insecure_channel(address, options=options)


def input_tensors(inputs):
    """Inputs as a dict by name, or one array for a model with one input."""
    named = inputs if isinstance(inputs, dict) else {"": inputs}
    return [to_tensor(name, array) for name, array in named.items()]


def predict(channel, model, inputs, outputs=(), version=0, timeout=60):
    """One batch in, its predictions out, as a dict of arrays by output name."""
    request = inference.PredictRequest(model=model, version=version, inputs=input_tensors(inputs), outputs=outputs)
    try:
        response = inference_grpc.InferenceServiceStub(channel).Predict(request, timeout=timeout)
    except grpc.RpcError as error:
        raise PosthornError.of_call(error) from None
    return {output.name: to_array(output) for output in response.outputs}


def stream(channel, model, batches, sequence_id=""):
    """Batches in, answers out, in order: a dict of arrays for each batch, or a PosthornError in its place.

    gRPC takes from `batches` (an iterable, on a thread of its own) only as fast as the server reads.
    """

    def requests():
        for inputs in batches:
            yield inference.PredictStreamRequest(model=model, inputs=input_tensors(inputs), sequence_id=sequence_id)

    call = inference_grpc.InferenceServiceStub(channel).PredictStream(requests())
    try:
        for response in call:
            if response.HasField("error"):
                yield PosthornError.of_failure(response.error)
            else:
                yield {output.name: to_array(output) for output in response.outputs}
    except grpc.RpcError as error:
        raise PosthornError.of_call(error) from None
    finally:
        call.cancel()


def trace(channel, model, inputs, layers=(), timeout=60):
    """What every layer makes of a batch: (layer, call, outputs, masks) in order of execution."""
    request = inference.TraceRequest(model=model, inputs=input_tensors(inputs), layers=layers)
    try:
        for step in inference_grpc.InferenceServiceStub(channel).Trace(request, timeout=timeout):
            yield step.layer, step.call, [to_array(t) for t in step.outputs], [to_array(t) for t in step.masks]
    except grpc.RpcError as error:
        raise PosthornError.of_call(error) from None


def load_model(channel, model, weights, biases, activations, example=None, timeout=600):
    """Makes a model of Dense layers out of arrays: a kernel, a bias (or None) and an activation for each layer.

    `example` is an (inputs, outputs) pair that the server must reproduce before the model goes live. The server must have
    been started with --admin.
    """
    description = model_messages.ModelDescription()
    for kernel, bias, activation in zip(weights, biases, activations, strict=True):
        layer = description.layers.add(class_name="Dense", activation=activation)
        layer.weights.append(to_tensor("kernel", np.asarray(kernel, dtype=np.float32)))
        if bias is not None:
            layer.weights.append(to_tensor("bias", np.asarray(bias, dtype=np.float32)))
    return load_description(channel, model, description, example, timeout)


def load_keras(channel, model, config_json, weights, example=None, timeout=600):
    """Sends a live Keras model: load_keras(channel, "mine", keras_model.to_json(), keras_model.get_weights())."""
    description = model_messages.ModelDescription(keras_config_json=config_json)
    description.weights.extend(to_tensor("", array) for array in weights)
    return load_description(channel, model, description, example, timeout)


def load_description(channel, model, description, example=None, timeout=600):
    """Sends a ModelDescription; returns the ModelVersion once it is READY."""
    if example is not None:
        inputs, outputs = example
        description.example.inputs.extend(input_tensors(inputs))
        description.example.outputs.extend(input_tensors(outputs))
    request = model_messages.LoadModelRequest(model=model, description=description)
    try:
        return model_grpc.ModelServiceStub(channel).LoadModel(request, timeout=timeout).version
    except grpc.RpcError as error:
        raise PosthornError.of_call(error) from None


def list_models(channel, timeout=60):
    """All models of the server."""
    stub, page = model_grpc.ModelServiceStub(channel), ""
    while True:
        try:
            response = stub.ListModels(model_messages.ListModelsRequest(page_token=page), timeout=timeout)
        except grpc.RpcError as error:
            raise PosthornError.of_call(error) from None
        yield from response.models
        page = response.next_page_token
        if not page:
            return


def signature(channel, model, timeout=60):
    """The signature of the version that the server answers with by default."""
    request = model_messages.GetModelRequest(model=model)
    try:
        found = model_grpc.ModelServiceStub(channel).GetModel(request, timeout=timeout).model
    except grpc.RpcError as error:
        raise PosthornError.of_call(error) from None
    versions = {version.version: version.signature for version in found.versions}
    return versions.get(found.default_version, model_messages.Signature())


def converted(channel, model, inputs):
    """The inputs with numbers turned into the types that the model declares: files often hold float64."""
    declared = {}
    infos = signature(channel, model).inputs
    for position, info in enumerate(infos):
        declared[info.name] = declared[f"input_{position}"] = info
    if len(infos) == 1:
        declared[""] = infos[0]
    result = {}
    for name, array in inputs.items():
        wanted = TYPES.get(declared[name].data_type) if name in declared else None
        result[name] = array.astype(wanted) if wanted and array.dtype.kind not in "OSU" else array
    return result


# ---- the command line


def read_inputs(arguments):
    """[NAME=]FILE ... as a dict; .npy and .json hold one array, .npz and a JSON object several by name."""
    inputs = {}
    for argument in arguments:
        name, separator, path = argument.partition("=")
        if not separator:
            name, path = "", argument
        if path.endswith(".npz"):
            with np.load(path) as arrays:
                inputs.update({key: arrays[key] for key in arrays.files})
        elif path.endswith(".json"):
            content = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
            arrays = content if isinstance(content, dict) else {name: content}
            inputs.update({key: array_of(value) for key, value in arrays.items()})
        else:
            inputs[name] = np.load(path)
    return inputs


def array_of(value):
    array = np.array(value)
    return array.astype(object) if array.dtype.kind in "SU" else array


def write_outputs(outputs, path):
    """A folder: one file for each output; .npz: all; .npy: the only one; nothing: JSON on stdout."""
    if path is None:
        print(json.dumps({name: array.tolist() for name, array in outputs.items()}))
    elif path.endswith(".npz"):
        np.savez(path, **outputs)
    elif path.endswith(".npy"):
        if len(outputs) != 1:
            raise ValueError(f"{path}: holds one array, got outputs {', '.join(outputs)}; name a folder or a .npz")
        np.save(path, *outputs.values())
    elif path.endswith(".json"):
        only = next(iter(outputs.values())) if len(outputs) == 1 else None
        content = only.tolist() if only is not None else {name: array.tolist() for name, array in outputs.items()}
        pathlib.Path(path).write_text(json.dumps(content), encoding="utf-8")
    else:
        folder = pathlib.Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in outputs.items():
            if array.dtype == object:
                (folder / f"{name}.json").write_text(json.dumps(array.tolist()), encoding="utf-8")
            else:
                np.save(folder / f"{name}.npy", array)


def run_predict(channel, options):
    inputs = converted(channel, options.model, read_inputs(options.input))
    write_outputs(predict(channel, options.model, inputs, version=options.version), options.output)


def run_stream(channel, options):
    inputs = converted(channel, options.model, read_inputs(options.input))
    rows = len(next(iter(inputs.values())))
    starts = range(0, rows, options.batch)
    batches = ({name: array[at : at + options.batch] for name, array in inputs.items()} for at in starts)
    answers = {}
    for answer in stream(channel, options.model, batches):
        if isinstance(answer, PosthornError):
            raise answer
        for name, array in answer.items():
            answers.setdefault(name, []).append(array)
    write_outputs({name: np.concatenate(arrays) for name, arrays in answers.items()}, options.output)


def run_trace(channel, options):
    inputs = converted(channel, options.model, read_inputs(options.input))
    layers = {}
    for layer, call, outputs, _ in trace(channel, options.model, inputs, options.layer):
        for position, array in enumerate(outputs):
            suffix = (f"#{call}" if call else "") + (f":{position}" if position else "")
            layers[layer + suffix] = array
    write_outputs(layers, options.output)


def run_load(channel, options):
    with np.load(options.weights) as arrays:
        values = [arrays[key] for key in arrays.files]
    if options.architecture:
        version = load_keras(channel, options.model, pathlib.Path(options.architecture).read_text(encoding="utf-8"), values)
    else:
        kernels, biases = [], []
        for array in values:
            if array.ndim == 1 and kernels:
                biases[-1] = array
            else:
                kernels.append(array)
                biases.append(None)
        activations = options.activations.split(",") if options.activations else ["linear"] * len(kernels)
        if len(activations) != len(kernels):
            raise ValueError(f"--activations: expected {len(kernels)}, one for each kernel, got {len(activations)}")
        version = load_model(channel, options.model, kernels, biases, activations)
    print(f"ready: {options.model} version {version.version} ({version.parameters} parameters)")


def run_models(channel, options):
    for model in list_models(channel):
        for version in model.versions:
            state = model_messages.ModelState.Name(version.state).removeprefix("MODEL_STATE_")
            print(f"{model.name} version {version.version} {state} {version.error.message}".rstrip())


def parser():
    top = argparse.ArgumentParser(prog="posthorn_client", description="Asks a Posthorn server.")
    commands = top.add_subparsers(dest="command", required=True)

    def command(name, run, text):
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("address", metavar="HOST:PORT")
        sub.set_defaults(run=run)
        return sub

    for name, run, text in (
        ("predict", run_predict, "runs files through a model"),
        ("stream", run_stream, "runs files through a model, batch by batch in one stream"),
        ("trace", run_trace, "shows what every layer makes of an input"),
    ):
        sub = command(name, run, text)
        sub.add_argument("model", metavar="MODEL")
        sub.add_argument("--input", action="append", required=True, metavar="[NAME=]FILE", help=".npy, .npz or .json")
        sub.add_argument("--output", metavar="FILE|DIR", help="a folder, .npy, .npz or .json; none: JSON on stdout")
        if name == "predict":
            sub.add_argument("--version", type=int, default=0)
        if name == "stream":
            sub.add_argument("--batch", type=int, default=32, help="rows a message")
        if name == "trace":
            sub.add_argument("--layer", action="append", default=[], help="only this layer; may be repeated")
    load = command("load", run_load, "sends a model as weights and biases")
    load.add_argument("model", metavar="MODEL")
    load.add_argument("--weights", required=True, metavar="FILE.npz", help="in the order of get_weights()")
    load.add_argument("--activations", metavar="LIST", help="one for each kernel: relu,relu,linear")
    load.add_argument("--architecture", metavar="FILE", help="what model.to_json() said")
    command("models", run_models, "lists the models and their states")
    return top


def main():
    options = parser().parse_args()
    try:
        with connect(options.address) as channel:
            options.run(channel, options)
    except PosthornError as error:
        print(f"posthorn_client: {error.reason}: {error}", file=sys.stderr)
        return 4 if error.code == grpc.StatusCode.UNAVAILABLE.value[0] else 3
    except (OSError, ValueError) as error:
        print(f"posthorn_client: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
