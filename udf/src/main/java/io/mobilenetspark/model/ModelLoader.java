package io.mobilenetspark.model;

import static java.util.Objects.requireNonNullElse;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.handle.HandleException;
import io.mobilenetspark.model.handle.HandleResolver;
import io.mobilenetspark.model.handle.HubOptions;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.model.handle.ResolvedHandle;
import io.mobilenetspark.model.hub.GraphFreezer;
import io.mobilenetspark.model.hub.HubModule;
import io.mobilenetspark.model.hub.InputSizes;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.hub.ModuleFormat;
import io.mobilenetspark.model.hub.ModuleReader;
import io.mobilenetspark.model.hub.ModuleVariable;
import io.mobilenetspark.model.hub.TrainingGraph;
import io.mobilenetspark.model.hub.Trust;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/**
 * From what a user names a model by to a model that is ready to run. Immutable; safe for use by
 * many threads.
 */
public final class ModelLoader {

  /** The published module: MobileNet V1 0.75 224, feature vector, version 4. */
  public static final String DEFAULT_HANDLE = ModelSettings.DEFAULT_HANDLE;

  /** Side of the image that MobileNet V1 224 was trained on, in pixels. */
  public static final int DEFAULT_IMAGE_SIDE = 224;

  /** Format of the untrained network that needs no files. */
  static final String BUILTIN_FORMAT = "builtin";

  private static final Cure DAMAGED_CURE =
      Cure.of(
          "Its files are incomplete or damaged: delete them and fetch or copy the module again.");

  private final Configuration configuration;
  private final HandleResolver handles;

  /**
   * A loader that fetches models as the environment says.
   *
   * @param configuration for the file systems that models lie on
   * @throws IllegalArgumentException if a variable of the environment can't be used
   */
  public ModelLoader(Configuration configuration) {
    this(configuration, HubOptions.fromEnvironment(System.getenv()));
  }

  /**
   * @param configuration for the file systems that models lie on
   * @param hub how models are fetched whose handles are URLs
   */
  public ModelLoader(Configuration configuration, HubOptions hub) {
    this.configuration = configuration;
    this.handles = new HandleResolver(configuration, hub);
  }

  /**
   * Loads a model's feature vector for square images.
   *
   * @param handle see {@link ModelRequest#handle}
   * @param imageSide height and width of the input, in pixels
   * @throws ModelLoadException if there is no such model or it can't be used
   */
  public FrozenModel load(String handle, int imageSide) {
    return load(ModelRequest.of(handle).withImageSize(imageSide, imageSide));
  }

  /**
   * Loads a model and freezes it for one image size. Loads TensorFlow's native library.
   *
   * @throws ModelLoadException if there is no such model or it can't be used
   */
  public FrozenModel load(ModelRequest request) {
    if (isBuiltin(request)) {
      if (request.path() == ExecutionPath.GENERAL) {
        throw new ModelLoadException(
            request.handle(),
            "it has no graph of its own",
            Cure.of("Leave out %s.", ModelSettings.EXECUTION_PATH));
      }
      return fast(request, BuiltinModel.NAME, BUILTIN_FORMAT, builtin(), builtinSize(request));
    }
    return with(request, ModelLoader::freeze);
  }

  /**
   * The weights of a MobileNet V1.
   *
   * @throws ModelLoadException if there is no such model or it is of another architecture
   */
  public MobileNetWeights weights(ModelRequest request) {
    return isBuiltin(request)
        ? builtin()
        : with(request, (told, module) -> MobileNetWeights.of(told.handle(), module.floats()));
  }

  /**
   * What there is to know of a model, without running it.
   *
   * @throws ModelLoadException if there is no such model or its files can't be read
   */
  public ModelReport inspect(ModelRequest request) {
    return isBuiltin(request)
        ? new Inspection(request).ofBuiltin(builtin(), builtinSize(request))
        : with(request, (told, module) -> new Inspection(told).of(module));
  }

  /**
   * A module's own graph for training, and the values of its variables.
   *
   * @throws ModelLoadException if the module has none, or it can't be used
   */
  public Trainable trainable(ModelRequest request) {
    return with(
        request,
        (told, module) ->
            new Trainable(TrainingGraph.of(told.handle(), module, told.trust()), module.floats()));
  }

  private interface Use<T> {
    /**
     * @param told the request, whose handle may be written anywhere
     */
    T of(ModelRequest told, HubModule module) throws IOException;
  }

  /** Opens a module for as long as it takes to use it; every failure gets the module's name. */
  private <T> T with(ModelRequest request, Use<T> use) {
    ModelRequest told = request.redacted();
    try (ResolvedHandle resolved =
        handles.resolve(request.handle(), Optional.ofNullable(request.sha256()))) {
      return use.of(told, ModuleReader.open(told.handle(), resolved.path(), configuration));
    } catch (HandleException e) {
      throw new ModelLoadException(told.handle(), e.problem(), e.anyCure(), e);
    } catch (IOException e) {
      // File systems quote the paths that they are asked for, with the handle's secrets.
      String problem = e.getMessage() == null ? Redacted.text(e.toString()) : Redacted.message(e);
      throw new ModelLoadException(told.handle(), problem, DAMAGED_CURE, Redacted.cause(e));
    }
  }

  private static boolean isBuiltin(ModelRequest request) {
    boolean isBuiltin = request.handle().equals(BuiltinModel.HANDLE);
    if (isBuiltin && request.sha256() != null) {
      throw new ModelLoadException(
          request.handle(),
          "a SHA-256 of an archive is expected, and this network does not come from one",
          Cure.of("Leave out %s.", ModelSettings.MODEL_SHA256));
    }
    return isBuiltin;
  }

  private static MobileNetWeights builtin() {
    return BuiltinModel.weights();
  }

  private static ImageSize builtinSize(ModelRequest request) {
    return requireNonNullElse(request.imageSize(), ImageSize.square(DEFAULT_IMAGE_SIDE));
  }

  private static FrozenModel freeze(ModelRequest request, HubModule module) throws IOException {
    ImageSize size = imageSize(request, module);
    if (request.path() == ExecutionPath.AUTO) {
      requireKnownRange(request, module);
    }
    if (choosePath(request, module) == ExecutionPath.GENERAL) {
      return new GeneralPath(request, module).freeze(size);
    }
    MobileNetWeights weights = MobileNetWeights.of(request.handle(), module.floats());
    if (verdict(request, module, weights) instanceof GraphCheck.Other other) {
      throw new ModelLoadException(
          request.handle(),
          "its graph is not a MobileNet V1's: it has " + other.difference(),
          Cure.of("Leave out %s, so that it runs its own graph.", ModelSettings.EXECUTION_PATH));
    }
    return fast(request, request.handle(), module.format().optionName(), weights, size);
  }

  /** Whoever chooses a path has chosen who scales the pixels. */
  private static void requireKnownRange(ModelRequest request, HubModule module) throws IOException {
    if (known(request, module) instanceof GraphCheck.OtherRange range) {
      throw new ModelLoadException(
          request.handle(),
          String.format(
              Locale.ROOT,
              "it is a MobileNet V1 whose graph takes pixels from %s to %s, but images are given"
                  + " as 0 to 1, as modules of TensorFlow Hub take them",
              inShort(range.black()),
              inShort(range.white())),
          Cure.of(
              "Pass %s fast, which scales them to what a MobileNet V1 was trained on, -1 to 1;"
                  + " or %s general if its graph is right to take 0 to 1 as it does.",
              ModelSettings.EXECUTION_PATH, ModelSettings.EXECUTION_PATH));
    }
  }

  private static String inShort(double number) {
    return new BigDecimal(number)
        .setScale(3, RoundingMode.HALF_EVEN)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** The path that a request's model takes. */
  static ExecutionPath choosePath(ModelRequest request, HubModule module) throws IOException {
    boolean isCheckpoint = module.format() == ModuleFormat.SLIM;
    if (isCheckpoint && request.path() == ExecutionPath.GENERAL) {
      throw new ModelLoadException(
          request.handle(),
          "a checkpoint has no graph of its own",
          Cure.of("Leave out %s.", ModelSettings.EXECUTION_PATH));
    }
    if (request.path() != ExecutionPath.AUTO || isCheckpoint) {
      return isCheckpoint ? ExecutionPath.FAST : request.path();
    }
    return known(request, module) instanceof GraphCheck.Same
        ? ExecutionPath.FAST
        : ExecutionPath.GENERAL;
  }

  /** What is known of a module without being told. */
  private static GraphCheck.Verdict known(ModelRequest request, HubModule module)
      throws IOException {
    Set<String> names = new HashSet<>();
    module.variables().stream().map(ModuleVariable::name).forEach(names::add);
    // A signature of the user's choice may compute anything: only the module's graph knows.
    return request.signature() == null && MobileNetWeights.areNamedIn(names)
        ? verdict(request, module, MobileNetWeights.of(request.handle(), module.floats()))
        : new GraphCheck.Other("a signature or variables of its own");
  }

  /** Whether our graph gives what the module's would. */
  private static GraphCheck.Verdict verdict(
      ModelRequest request, HubModule module, MobileNetWeights weights) throws IOException {
    if (module.format() == ModuleFormat.SLIM) {
      return new GraphCheck.Same();
    }
    // Of what our graph gives and the module's doesn't, the module's main output tells.
    ModelLoadException first = null;
    for (String output : List.of(request.output(), ModelRequest.FEATURES, ModelRequest.LOGITS)) {
      ModelRequest wanted = request.withOutput(output);
      try {
        GeneralPath.Target target = new GeneralPath(wanted, module).target();
        return GraphCheck.of(
            GraphFreezer.partOf(target.graph(), target.key()),
            target.graph(),
            target.tensor(),
            MobileNetGraph.Output.of(request.handle(), output, weights),
            module.staticSize(wanted.graph()));
      } catch (ModelLoadException e) {
        first = first == null ? e : first;
      }
    }
    return new GraphCheck.Other(
        first == null ? "no output" : "an output of its own: " + first.problem());
  }

  /**
   * Freezes the feature part of weights that are in memory. Loads TensorFlow's native library.
   *
   * @param name how the model is called in messages and metadata
   * @param format where the weights come from, such as {@code slim}
   * @param weights the network
   * @param size of the images
   */
  public static FrozenModel freeze(
      String name, String format, MobileNetWeights weights, ImageSize size) {
    return fast(ModelRequest.of(name), name, format, weights, InputSizes.required(size));
  }

  private static FrozenModel fast(
      ModelRequest request, String name, String format, MobileNetWeights weights, ImageSize size) {
    MobileNetGraph.Output output =
        MobileNetGraph.Output.of(request.handle(), request.output(), weights);
    boolean usesClassifier = output.kind() == MobileNetGraph.Output.Kind.LOGITS;
    return new FrozenModel(
        new FrozenModel.Facts(
            name,
            format,
            ExecutionPath.FAST,
            request.output(),
            usesClassifier ? weights.classifierFingerprint() : weights.fingerprint(),
            output.dimension(),
            size.height(),
            size.width()),
        Trust.TRUSTED, // the graph is ours
        MobileNetGraph.freeze(weights, output, size));
  }

  private static ImageSize imageSize(ModelRequest request, HubModule module) throws IOException {
    Optional<ImageSize> fixed = module.staticSize(request.graph());
    ImageSize wanted = request.imageSize();
    if (wanted != null) {
      if (fixed.isPresent() && !fixed.get().equals(wanted)) {
        throw new ModelLoadException(
            request.handle(),
            String.format(
                Locale.ROOT, "it takes images of %s only, not of %s", fixed.get(), wanted),
            Cure.of(
                "Leave out %s, or use a later version of the module (3 and up take any" + " size).",
                ModelSettings.IMAGE_SIZE));
      }
      return wanted;
    }
    return expectedSize(request, module)
        .orElseThrow(
            () ->
                new ModelLoadException(
                    request.handle(),
                    "it does not say which image size it expects",
                    Cure.of(
                        "Pass %s; the module's documentation has it.", ModelSettings.IMAGE_SIZE)));
  }

  /** By the hub's rules: attachment, else the graph's shape, else what is known of the name. */
  static Optional<ImageSize> expectedSize(ModelRequest request, HubModule module)
      throws IOException {
    return module
        .attachedSize()
        .or(() -> staticSize(request, module))
        .or(() -> ImageSizes.ofHandle(request.handle()))
        .or(() -> mobileNetSize(module));
  }

  private static Optional<ImageSize> staticSize(ModelRequest request, HubModule module) {
    try {
      return module.staticSize(request.graph());
    } catch (IOException e) {
      throw new ModelLoadException(
          request.handle(), String.valueOf(e.getMessage()), DAMAGED_CURE, e);
    }
  }

  /** All published MobileNets V1 but those named otherwise were trained on this size. */
  private static Optional<ImageSize> mobileNetSize(HubModule module) {
    try {
      Set<String> names = new HashSet<>();
      module.variables().stream().map(ModuleVariable::name).forEach(names::add);
      return MobileNetWeights.areNamedIn(names)
          ? Optional.of(ImageSize.square(DEFAULT_IMAGE_SIDE))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // reading the weights tells what is wrong
    }
  }
}
